// Package begin writes a first scenario from what people have already: a curl command
// line, a file of vegeta targets, a recording of a browser (HAR), an OpenAPI document, or a
// URL. It sends nothing.
//
// The scenario loads a server that already runs, gently, and says in comments what to
// change next. Credentials are not copied: a header that holds one becomes a secret,
// which is read from an environment variable.
package begin
