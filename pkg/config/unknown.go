package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// unknown returns an error for each variable that nobody reads: a name with a
// slip in it would otherwise be a default that nobody notices.
func unknown(vars map[string]string, known []string, all []field) []error {
	known = slices.Clone(known)
	for _, f := range all {
		known = append(known, f.name)
		if f.secret {
			known = append(known, FileOf(f.name))
		}
	}
	slices.Sort(known)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if _, ok := slices.BinarySearch(known, name); !ok {
			errs = append(errs, fmt.Errorf("%s is no variable of this release%s", name, hint(name, known)))
		}
	}
	return errs
}

// serviceLink is the form of the variables that Kubernetes makes for each
// service of a name space, also for one called lair-gateway.
var serviceLink = regexp.MustCompile(`_SERVICE_(HOST|PORT(_\w+)?)$|_PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?$`)

func hint(name string, known []string) string {
	best, least := "", maxDistance+1
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	switch {
	case best != "":
		return ", did you mean " + best + "?"
	case serviceLink.MatchString(name):
		return "; if Kubernetes made it, set enableServiceLinks to false"
	default:
		return ""
	}
}

// maxDistance is the number of letters that a slip may have changed.
const maxDistance = 3

// distance returns how many letters have to be put in, taken out or replaced
// to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
