package identity

import (
	"context"
	"strings"
	"unicode"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Profile is what users may change of themselves; nil stays as it is.
type Profile struct {
	Email       *string
	DisplayName *string // empty takes it away
}

const maxDisplayName = 64 // bytes

// CheckDisplayName refuses what cannot be a display name, and returns it
// without spaces at both ends. Characters that cannot be seen, or that turn
// the direction of the text around them, could make one user look like another.
func CheckDisplayName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if len(name) > maxDisplayName || !isText(name) || strings.ContainsFunc(name, func(r rune) bool {
		return r != ' ' && !unicode.IsPrint(r)
	}) {
		return "", fault.New(fault.Invalid, "validation_failed",
			"a display name must be printable text of at most %d bytes", maxDisplayName)
	}
	return name, nil
}

// UpdateProfile changes what a user says of itself, and returns the user as it
// is then. Errors: email_invalid, validation_failed, email_taken.
func (a *Accounts) UpdateProfile(ctx context.Context, u id.User, s id.Session, p Profile) (User, error) {
	old, session, err := a.Check(ctx, u, s)
	if err != nil {
		return User{}, err
	}
	var acts []Act
	if p.Email != nil {
		email, err := CheckEmail(*p.Email)
		if err != nil {
			return User{}, err
		}
		p.Email = &email
		acts = append(acts, a.own(ActEmailChanged, session, ""))
	}
	if p.DisplayName != nil {
		name, err := CheckDisplayName(*p.DisplayName)
		if err != nil {
			return User{}, err
		}
		p.DisplayName = &name
	}
	user, err := a.Store.UpdateProfile(ctx, u, p, a.now(), acts...)
	if err == nil && (user.Email != old.Email || user.DisplayName != old.DisplayName) {
		a.Bell.Changed(ctx, u)
	}
	return user, err
}
