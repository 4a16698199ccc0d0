// Package setup does what a scenario asks for beside the load of a trial: commands
// before the servers start and after they have ended, and requests that prepare the
// servers, such as a login. Nothing here is timed or recorded.
//
// It knows neither loads nor trials. Its errors hold the start of answers as they came:
// the caller blanks secrets before it shows them.
package setup
