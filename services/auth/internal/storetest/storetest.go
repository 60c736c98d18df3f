// Package storetest is the contract of identity.Store and keyring.Store, as a
// test.
package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/keyring"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Both is all that the service keeps, in one database.
type Both interface {
	identity.Store
	keyring.Store
}

// Store is a store and the journal beside it.
type Store struct {
	Both
	Journal journal.Reader
}

var at = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

// suite is a test of a store.
type suite struct {
	*testing.T
	Store
}

// Run checks the stores that open returns.
func Run(t *testing.T, open func(*testing.T) Store) {
	t.Helper()
	for name, test := range map[string]func(suite){
		"UserIsFoundByNameAndByAddress":        suite.register,
		"NamesAreUniqueWhateverTheirCase":      suite.unique,
		"RefusedUserLeavesNothing":             suite.refusedUser,
		"OneOfManyGetsTheName":                 suite.nameRace,
		"OneOfManyGetsTheAddress":              suite.addressRace,
		"UsersAreListedByName":                 suite.listed,
		"UsersAreSearchedByPartOfTheName":      suite.searched,
		"UsersAreListedInPages":                suite.paged,
		"PasswordIsReplacedWhileItIsTheOldOne": suite.replace,
		"OneOfManyReplacesThePassword":         suite.replaceRace,
		"NewPasswordEndsOtherSessions":         suite.changePassword,
		"StalePasswordEndsNothing":             suite.changeStale,
		"LoginDuringAPasswordChangeIsEnded":    suite.loginDuringChange,
		"RoleIsSet":                            suite.role,
		"OneAdministratorStays":                suite.lastAdmin,
		"AdministratorsWhoFightLeaveOneBehind": suite.adminRace,
		"LastAdministratorIsNotDeleted":        suite.lastAdminStays,
		"AdministratorsWhoGoLeaveOneBehind":    suite.adminsGo,
		"DeletedUserLeavesItsName":             suite.deleted,
		"DeletionsAreConfirmedByEachKeeper":    suite.confirmed,
		"RefusedDeletionEndsNothing":           suite.undeleted,
		"UsersAndSessionsAreCounted":           suite.counted,
		"ActsAreRecorded":                      suite.recorded,
		"ActsAloneAreRecorded":                 suite.recordedAlone,
		"OnlyDeedsAreRecorded":                 suite.recordedWithTheDeed,
		"OldActsArePurged":                     suite.actsPurged,
		"BannedUserHasNoSessions":              suite.banned,
		"LoginDuringABanIsEnded":               suite.loginDuringBan,
		"ResetIsUsedOnce":                      suite.reset,
		"FailuresAreCountedUntilLocked":        suite.failures,
		"GuessesAtOnceAreNotManyGuesses":       suite.failuresRace,
		"FailuresAreForgotten":                 suite.failuresPurged,
		"ProfileIsChangedInParts":              suite.profile,
		"OtherSessionsAreEnded":                suite.endedOthers,

		"SessionComesBackAsItWas":         suite.sessionKept,
		"SessionNeedsTheHashThatIsStored": suite.sessionStale,
		"SessionsAreListedNewestFirst":    suite.sessionsListed,
		"SessionIsExtended":               suite.extended,
		"SessionIsEndedByItsUserOnce":     suite.ended,
		"PurgeLeavesWhatIsInForce":        suite.purged,

		"RevocationsComeInOrderAndInPages": suite.revocationPages,
		"ExpiredRevocationsAreLeftOut":     suite.revocationExpiry,
		"CursorAheadOfTheHeadStartsAnew":   suite.revocationRestored,
		"NoRevocationIsMissed":             suite.revocationRace,

		"KeysComeNewestFirst":      suite.keysKept,
		"NoKeyBesideANewOne":       suite.keyGuard,
		"OneOfManyMakesTheKey":     suite.keyRace,
		"OldKeysAreDeleted":        suite.keysDeleted,
		"ManyRingsStartWithOneKey": suite.ringRace,
	} {
		t.Run(name, func(t *testing.T) { test(suite{t, open(t)}) })
	}
}

// person returns a user who is not yet in the store.
func person(name string) identity.User {
	return identity.User{
		ID: id.User{UUID: id.New()}, Username: name, NameKey: identity.Key(name), Email: identity.Key(name) + "@example.com", Password: "hash of " + name,
		Role: identity.RoleUser, CreatedAt: at, UpdatedAt: at,
	}
}

func login(u identity.User) identity.Session {
	return identity.Session{
		ID: id.Session{UUID: id.New()}, User: u.ID, UserAgent: "agent", Address: "192.0.2.1",
		CreatedAt: at, ExpiresAt: at.Add(identity.SessionTime),
	}
}

// user registers a user without a session.
func (s suite) user(name string) identity.User {
	s.Helper()
	u := person(name)
	s.must(s.Register(s.Context(), u, nil))
	return u
}

// session logs a user in.
func (s suite) session(u identity.User) identity.Session {
	s.Helper()
	x := login(u)
	s.insert(x, u.Password)
	return x
}

func (s suite) insert(x identity.Session, hash string) {
	s.Helper()
	if ok, err := s.InsertSession(s.Context(), x, hash); err != nil || !ok {
		s.Fatalf("the session was not stored: %v, %v", ok, err)
	}
}

// sessions returns the ids of the sessions of a user.
func (s suite) sessions(u identity.User) []id.Session {
	s.Helper()
	list, err := s.Sessions(s.Context(), u.ID, at)
	s.must(err)
	ids := make([]id.Session, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	return ids
}

// revoked returns all that a gateway that starts would be told.
func (s suite) revoked() []id.Session {
	s.Helper()
	list, _, err := s.Revoked(s.Context(), 0, at, 1000)
	s.must(err)
	return list
}

func (s suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func names(list []identity.User) string {
	out := make([]string, len(list))
	for i, u := range list {
		out[i] = u.Username
	}
	return fmt.Sprint(out)
}
