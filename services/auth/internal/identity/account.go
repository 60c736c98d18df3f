package identity

import (
	"context"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Hasher hashes passwords. Its calls may wait, and return busy if too many do.
type Hasher interface {
	// Hash returns a new hash.
	Hash(ctx context.Context, password string) (string, error)
	// Verify reports whether the password has the hash, and whether a new hash
	// would be a better one. An empty hash is that of nobody: it takes the same
	// time and is never right.
	Verify(ctx context.Context, password, hash string) (ok, outdated bool, err error)
}

// Bell is rung when sessions end, and when others see a user in another way;
// best effort.
type Bell interface {
	Ended(ctx context.Context, sessions ...id.Session)
	Changed(ctx context.Context, u id.User)
}

// Accounts is who may use the system. It is safe for concurrent use.
type Accounts struct {
	Store  Store
	Hasher Hasher
	Bell   Bell
	Herald Herald
	Names  Names
	Now    func() time.Time
}

// Client says where a login comes from.
type Client struct{ UserAgent, Address string }

func (a *Accounts) now() time.Time { return a.Now().UTC().Truncate(time.Microsecond) }

// newUser checks what is given, in the order in which 0.8 does, and makes a
// user of it.
func (a *Accounts) newUser(ctx context.Context, username, email, password, role string) (User, error) {
	username = a.Names.Normal(username)
	if err := CheckUsername(username); err != nil {
		return User{}, err
	}
	email, err := CheckEmail(email)
	if err != nil {
		return User{}, err
	}
	if err := CheckPassword(password); err != nil {
		return User{}, err
	}
	// Before the costly hash; the store has the last word.
	key := a.Names.Key(username)
	switch _, err := a.Store.UserByLogin(ctx, key); {
	case err == nil:
		return User{}, ErrUsernameTaken
	case !errors.Is(err, ErrNoUser):
		return User{}, err
	}
	hash, err := a.Hasher.Hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	at := a.now()
	return User{
		ID: id.User{UUID: id.New()}, Username: username, NameKey: key, Email: email, Password: hash, Role: role,
		CreatedAt: at, UpdatedAt: at,
	}, nil
}

func (a *Accounts) newSession(u id.User, c Client) Session {
	at := a.now()
	return Session{
		ID: id.Session{UUID: id.New()}, User: u, UserAgent: c.UserAgent, Address: c.Address,
		CreatedAt: at, ExpiresAt: at.Add(SessionTime),
	}
}

// Register makes a user and logs it in. Errors: username_invalid,
// email_invalid, password_too_weak, username_taken, email_taken, busy.
func (a *Accounts) Register(ctx context.Context, username, email, password string, c Client) (User, Session, error) {
	u, err := a.newUser(ctx, username, email, password, RoleUser)
	if err != nil {
		return User{}, Session{}, err
	}
	s := a.newSession(u.ID, c)
	return u, s, a.Store.Register(ctx, u, &s)
}

// CreateAdmin makes an administrator who has not logged in yet. Errors: those
// of Register.
func (a *Accounts) CreateAdmin(ctx context.Context, username, email, password string) (User, error) {
	u, err := a.newUser(ctx, username, email, password, RoleAdmin)
	if err != nil {
		return User{}, err
	}
	return u, a.Store.Register(ctx, u, nil, a.act(ActAdminCreated, id.User{}, u.ID, "", ""))
}

// Promote makes a user of the given name an administrator. Errors:
// user_not_found.
func (a *Accounts) Promote(ctx context.Context, username string) (User, error) {
	u, err := a.find(ctx, username)
	if err != nil {
		return User{}, err
	}
	u.Role = RoleAdmin
	_, err = a.Store.SetRole(ctx, u.ID, RoleAdmin, a.now(), a.act(ActRoleChanged, id.User{}, u.ID, "", RoleAdmin))
	return u, err
}

// tries bounds how often a login is verified anew because the hash changed
// meanwhile. Another hash of the same password is the usual reason.
const tries = 3

// LogIn accepts a user name or an e-mail address. Errors: invalid_credentials,
// account_locked, account_banned, busy.
func (a *Accounts) LogIn(ctx context.Context, identifier, password string, c Client) (User, Session, error) {
	if len(identifier) > 254 || len(password) > maxPassword || !isText(identifier) || !isText(password) {
		return User{}, Session{}, errCredentials // nobody has these
	}
	key := lockoutKey(a.loginKey(identifier))
	if err := a.unlocked(ctx, key); err != nil {
		return User{}, Session{}, err
	}
	for range tries {
		u, err := a.verify(ctx, identifier, password, key, c)
		if err != nil {
			return User{}, Session{}, err
		}
		if err := a.forgive(ctx, u); err != nil {
			return User{}, Session{}, err
		}
		s := a.newSession(u.ID, c)
		stored, err := a.Store.InsertSession(ctx, s, u.Password)
		if err != nil {
			return User{}, Session{}, err
		}
		if stored {
			return u, s, nil
		}
	}
	return User{}, Session{}, errCredentials
}

// verify returns the user who has the name or address and the password.
func (a *Accounts) verify(ctx context.Context, identifier, password string, key LockoutKey, c Client) (User, error) {
	u, err := a.find(ctx, identifier)
	if err != nil && !errors.Is(err, ErrNoUser) {
		return User{}, err
	}
	// Also for a user who is not there, so that the time tells nothing.
	ok, outdated, err := a.Hasher.Verify(ctx, password, u.Password)
	if err != nil {
		return User{}, err
	}
	if !ok {
		return User{}, a.refuse(ctx, key, a.act(ActLoginFailed, id.User{}, u.ID, c.Address, ""), errCredentials)
	}
	// Others may have tried meanwhile: of many guesses at once only the first
	// few are answered.
	if err := a.unlocked(ctx, key); err != nil {
		return User{}, err
	}
	if u.Banned(a.now()) {
		return User{}, a.banned(u)
	}
	if outdated {
		u.Password = a.rehash(ctx, u, password)
	}
	return u, nil
}

// rehash returns the hash that the user has now: a new one, or the old one if
// that fails, and then the next login tries again.
func (a *Accounts) rehash(ctx context.Context, u User, password string) string {
	hash, err := a.Hasher.Hash(ctx, password)
	if err != nil {
		return u.Password
	}
	if ok, err := a.Store.ReplacePassword(ctx, u.ID, u.Password, hash, u.UpdatedAt); err != nil || !ok {
		return u.Password
	}
	return hash
}

// ChangePassword ends all other sessions of the user. Errors:
// incorrect_password, account_locked, password_too_weak, busy.
func (a *Accounts) ChangePassword(ctx context.Context, u id.User, s id.Session, current, next string) error {
	user, session, err := a.Check(ctx, u, s)
	if err != nil {
		return err
	}
	if err := a.confirm(ctx, user, session, current); err != nil {
		return err
	}
	if err := CheckPassword(next); err != nil {
		return err
	}
	hash, err := a.Hasher.Hash(ctx, next)
	if err != nil {
		return err
	}
	ended, ok, err := a.Store.ChangePassword(ctx, u, user.Password, hash, s, a.now(), a.own(ActPasswordChanged, session, ""))
	if err != nil {
		return err
	}
	if !ok {
		return errWrongPassword // it was changed at the same time
	}
	a.Bell.Ended(ctx, ended...)
	return nil
}

// List returns a page of users by name, how many there are in all, and the place
// of the last one, empty if there are no more behind it. Errors:
// validation_failed.
func (a *Accounts) List(ctx context.Context, q Query) (list []User, total int, next string, err error) {
	if q.Limit < 1 || q.Limit > 1000 || q.Offset < 0 || !isText(q.Search) || !isText(q.After) {
		return nil, 0, "", fault.New(fault.Invalid, "validation_failed", "limit must be 1 to 1000")
	}
	q.Search = a.Names.Key(q.Search)
	limit := q.Limit
	q.Limit++ // to know whether there are more
	if list, total, err = a.Store.ListUsers(ctx, q); err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].NameKey
	}
	return list, total, next, err
}
