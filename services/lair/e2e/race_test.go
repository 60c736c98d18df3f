//go:build race

package e2e

// raceEnabled says that the programs are built with the race detector, too.
const raceEnabled = true
