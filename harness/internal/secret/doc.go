// Package secret blanks secrets in whatever is about to be written: records, logs,
// errors and examples of answers.
//
// A secret is found as it is, and in the forms in which programs quote what they were
// sent: percent-encoded, escaped as in JSON or in Go, as hexadecimal digits, and in
// base64, also where it is a part of the text that was encoded. A secret that was cut
// at the beginning or the end of a text is found there too, if enough of it is left.
//
// The forms of a secret are in forms.go, blank.go finds and replaces them in a text, and
// fields.go goes through the fields of a record and spares those that identify it.
//
// The package is no protection against a server that means to leak: a secret that is
// reversed or encrypted passes.
package secret
