// Package scripts holds no code: its tests run the scripts.
package scripts
