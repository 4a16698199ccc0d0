// Package perfcomment says on a pull request what its performance check found: in one
// comment, which later checks replace.
//
// It runs in a workflow of its own that starts when the check has ended. The check runs
// the code of the pull request and has no token that can write; this workflow has one,
// and runs nothing of the pull request. Everything that the check left is data: the pull
// request is found by the commit that GitHub says was checked, and never by anything in
// the artifact.
package perfcomment
