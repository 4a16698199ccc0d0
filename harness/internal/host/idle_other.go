//go:build !linux

package host

// keepAwake does nothing where idle CPUs cannot be kept from sleeping.
func keepAwake() (release func()) { return func() {} }
