//go:build race

package web

// raceEnabled says that the programs are built with the race detector, too.
const raceEnabled = true
