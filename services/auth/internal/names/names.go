// Package names says how names of users are written in Unicode, and which of them
// are the same name.
package names

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Names implements identity.Names. It is safe for concurrent use.
type Names struct{}

// Normal writes letters that are made of parts as one, wherever there is such a
// letter (NFC): keyboards differ in what they send for the same word.
func (Names) Normal(name string) string { return norm.NFC.String(name) }

// Key is the same for names that differ only in case, in width, or in the form of
// their letters (NFKC of the folded case).
func (Names) Key(name string) string {
	// Folding may undo the form, and the form may bring capitals; that settles with
	// the second round.
	for range 2 {
		name = norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name)))
	}
	return name
}
