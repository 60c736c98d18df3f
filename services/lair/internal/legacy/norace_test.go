//go:build !race

package legacy_test

const raceEnabled = false
