// Package identity is the heart of the auth service: users, their passwords and
// their sessions. It knows nothing of gRPC, SQL or tokens.
package identity

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Roles of users.
const (
	RoleUser      = "user"
	RoleModerator = "moderator"
	RoleAdmin     = "admin"
)

// How long a session lasts, and how long it can be extended after login.
const (
	SessionTime    = 24 * time.Hour
	MaxSessionTime = 30 * 24 * time.Hour
)

// User is a person.
type User struct {
	ID       id.User
	Username string
	// NameKey is the name as it must be unique; see Names.
	NameKey  string
	Email    string // in lower case
	Password string // a PHC string
	Role     string
	// DisplayName is how the user wants to be called; empty if it does not say.
	DisplayName string
	// BannedUntil is zero unless the user was banned; then it has no sessions,
	// and gets none before.
	BannedUntil time.Time
	BanReason   string
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Session is a login.
type Session struct {
	ID        id.Session
	User      id.User
	UserAgent string
	Address   string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Key is an address as it must be unique: ASCII letters count as lower case. It
// was that of names, too.
func Key(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// CheckEmail refuses what cannot be an address, and returns it in lower case.
func CheckEmail(email string) (string, error) {
	local, domain, found := strings.Cut(email, "@")
	if len(email) > 254 || !found || local == "" || !strings.Contains(domain, ".") ||
		strings.Contains(domain, "@") || !isText(email) || strings.ContainsFunc(email, unicode.IsControl) {
		return "", fault.New(fault.Invalid, "email_invalid", "this is not an e-mail address")
	}
	return strings.ToLower(email), nil
}

// Limits of a password, in bytes. There is a longest one because hashing costs
// time for each byte.
const (
	minPassword = 8
	maxPassword = 1024
)

// CheckPassword refuses what cannot be a new password.
func CheckPassword(password string) error {
	switch {
	case len(password) < minPassword:
		return fault.New(fault.Invalid, "password_too_weak", "a password must have at least %d bytes", minPassword)
	case len(password) > maxPassword || !isText(password):
		return fault.New(fault.Invalid, "password_too_weak",
			"a password must be UTF-8 text of at most %d bytes without U+0000", maxPassword)
	}
	return nil
}

func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// The refusals.
var (
	ErrUsernameTaken  = fault.New(fault.Conflict, "username_taken", "this user name is taken")
	ErrEmailTaken     = fault.New(fault.Conflict, "email_taken", "this e-mail address is in use")
	ErrLastAdmin      = fault.New(fault.Conflict, "last_admin", "the only administrator must stay one, make somebody else one first")
	ErrNoUser         = fault.New(fault.NotFound, "user_not_found", "there is no such user")
	ErrNoSession      = fault.New(fault.Unauthenticated, "session_not_found", "this session has ended, log in again")
	errExpired        = fault.New(fault.Unauthenticated, "session_expired", "this session has expired, log in again")
	errCredentials    = fault.New(fault.Unauthenticated, "invalid_credentials", "wrong user name or password")
	errWrongPassword  = fault.New(fault.Invalid, "incorrect_password", "this is not your password")
	errUnknownSession = fault.New(fault.NotFound, "session_not_found", "you have no such session")
)

// Query says which users are wanted.
type Query struct {
	Search string    // part of the key of the name; empty for all
	Only   []id.User // if not nil, only these
	Limit  int
	Offset int
	// After is the place behind which the page begins: the key of a name; empty
	// for the beginning.
	After string
}

// Store keeps users and sessions. It is safe for concurrent use. Each call is a
// transaction of its own.
type Store interface {
	// Acts that are given to a method are recorded in the same transaction, if it
	// did what it was asked for.

	// Register stores a user, with a head in the journal, and its first session
	// unless that is nil. Errors: ErrUsernameTaken, ErrEmailTaken.
	Register(ctx context.Context, u User, s *Session, acts ...Act) error
	// UserByLogin returns the user whose name, or else whose address, has the
	// key. ErrNoUser if there is none.
	UserByLogin(ctx context.Context, key string) (User, error)
	// User returns a user, or ErrNoUser.
	User(ctx context.Context, u id.User) (User, error)
	// Users returns those of the users that exist.
	Users(ctx context.Context, ids []id.User) ([]User, error)
	// ListUsers returns a page of users by name, and how many there are in all.
	ListUsers(ctx context.Context, q Query) ([]User, int, error)
	// ReplacePassword stores a hash unless the old one has changed meanwhile,
	// which it reports.
	ReplacePassword(ctx context.Context, u id.User, old, hash string, at time.Time) (bool, error)
	// ChangePassword does the same and ends all sessions of the user but keep.
	// It returns those that it ended.
	ChangePassword(ctx context.Context, u id.User, old, hash string, keep id.Session, at time.Time, acts ...Act) (ended []id.Session, ok bool, err error)
	// UpdateProfile changes what a user says of itself, and returns the user as
	// it is then. Errors: ErrNoUser, ErrEmailTaken.
	UpdateProfile(ctx context.Context, u id.User, p Profile, at time.Time, acts ...Act) (User, error)
	// SetRole changes the role of a user and reports whether it was another one.
	// Errors: ErrNoUser, ErrLastAdmin, however many try at once.
	SetRole(ctx context.Context, u id.User, role string, at time.Time, acts ...Act) (bool, error)

	// InsertSession stores a session unless its user has another hash by now than
	// the one that was verified, or is banned, which it reports: ChangePassword
	// and Ban could not end a session that they did not see.
	InsertSession(ctx context.Context, s Session, hash string) (bool, error)
	// Session returns a session, or ErrNoSession.
	Session(ctx context.Context, s id.Session) (Session, error)
	// Sessions returns the sessions of a user in force, the newest first.
	Sessions(ctx context.Context, u id.User, now time.Time) ([]Session, error)
	// Extend sets when a session expires, or returns ErrNoSession.
	Extend(ctx context.Context, s id.Session, expires time.Time) error
	// End ends a session of the user before its time, and adds it to the
	// revocations. ErrNoSession if the user has none such.
	End(ctx context.Context, u id.User, s id.Session, acts ...Act) error
	// EndOthers does the same with all sessions of the user but keep, and returns
	// those that it ended.
	EndOthers(ctx context.Context, u id.User, keep id.Session, acts ...Act) ([]id.Session, error)
	// Revoked returns up to limit sessions that were ended after the cursor, but
	// not those that expired by now, and the next cursor.
	Revoked(ctx context.Context, cursor int64, now time.Time, limit int) ([]id.Session, int64, error)
	// Lockout returns the wrong passwords that were tried; zero if none were.
	Lockout(ctx context.Context, key LockoutKey) (Lockout, error)
	// CountFailure counts a wrong password with Lockout.Fail, unless it is locked
	// by now, and records Lockout.Note of the act. It returns what is stored then,
	// and whether it was counted.
	CountFailure(ctx context.Context, key LockoutKey, now time.Time, act Act) (Lockout, bool, error)
	// Forgive forgets wrong passwords.
	Forgive(ctx context.Context, key LockoutKey) error

	// Ban bans a user, ends all its sessions and returns them. Errors: ErrNoUser,
	// ErrLastAdmin.
	Ban(ctx context.Context, u id.User, b Ban, at time.Time, acts ...Act) ([]id.Session, error)
	// Unban reports whether the user was banned; a ban that is over counts.
	Unban(ctx context.Context, u id.User, at time.Time, acts ...Act) (bool, error)
	// PutReset stores the digest of a secret for a user, in place of another one.
	PutReset(ctx context.Context, u id.User, r Reset, acts ...Act) error
	// ResetOf returns whose secret has the digest, or ErrReset.
	ResetOf(ctx context.Context, digest []byte, now time.Time) (id.User, error)
	// TakeReset uses it up: it stores the hash, ends all sessions of the user and
	// returns them. Errors: ErrReset.
	TakeReset(ctx context.Context, digest []byte, hash string, at time.Time, acts ...Act) ([]id.Session, error)
	// Acts returns up to limit acts before the one, the newest first. Before the
	// zero id are all.
	Acts(ctx context.Context, before id.UUID, limit int) ([]Act, error)
	// Record records acts that change nothing else here.
	Record(ctx context.Context, acts ...Act) error
	// PurgeActs removes those from before the moment.
	PurgeActs(ctx context.Context, before time.Time) error

	// Delete forgets a user, whose name stays taken, unless the hash has changed
	// meanwhile, which it reports. It ends all its sessions, returns them, ends
	// its sequence in the journal, and notes for each keeper that there is more to
	// be removed. Errors: ErrLastAdmin.
	Delete(ctx context.Context, u id.User, hash string, at time.Time, acts ...Act) (ended []id.Session, ok bool, err error)
	// Deletions returns up to limit users after the id whose traces the keeper has
	// not removed, in the order of their ids.
	Deletions(ctx context.Context, k Keeper, after id.User, limit int) ([]id.User, error)
	// ConfirmDeletions notes that the keeper has removed them. What all keepers
	// have confirmed is forgotten.
	ConfirmDeletions(ctx context.Context, k Keeper, users []id.User) error
	// Counts says how many users and sessions there are, also expired ones.
	Counts(ctx context.Context) (users, sessions Count, err error)

	// Purge removes sessions, revocations and resets that expired, and wrong
	// passwords that were to be forgotten, before the moment.
	Purge(ctx context.Context, before time.Time) error
}
