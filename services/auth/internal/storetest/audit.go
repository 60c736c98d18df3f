package storetest

import (
	"errors"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

var nobody identity.User

// act returns one about somebody.
func act(kind string, u identity.User) identity.Act {
	return identity.Act{
		ID: id.New(), At: at, Kind: kind, Actor: u.ID, Subject: u.ID, Address: "192.0.2.1", Detail: "how",
	}
}

// kinds returns those that are recorded, the oldest first.
func (s suite) kinds() string {
	s.Helper()
	acts, err := s.Acts(s.Context(), id.UUID{}, 1000)
	s.must(err)
	list := make([]string, len(acts))
	for i, a := range acts {
		list[len(acts)-1-i] = a.Kind
	}
	return strings.Join(list, " ")
}

func (s suite) recorded() {
	ann, bob := person("ann"), s.user("bob")
	made, wrong := act("made", ann), act(identity.ActLoginFailed, bob)
	s.must(s.Register(s.Context(), ann, nil, made, act("two", ann)))
	for range 5 {
		wrong.ID = id.New()
		_, _, err := s.CountFailure(s.Context(), identity.LockoutKey{1}, at, wrong)
		s.must(err)
	}
	_, _, err := s.CountFailure(s.Context(), identity.LockoutKey{1}, at, act("not counted", bob))
	s.must(err)
	if got, want := s.kinds(), "made two"+strings.Repeat(" login_failed", 4)+" login_locked"; got != want {
		s.Errorf("got %s, want %s", got, want)
	}
	acts, err := s.Acts(s.Context(), id.UUID{}, 1)
	s.must(err)
	wrong.Kind = identity.ActLoginLocked
	if diff := cmp.Diff([]identity.Act{wrong}, acts); diff != "" {
		s.Error(diff)
	}
	for range 6 {
		acts, err = s.Acts(s.Context(), acts[0].ID, 1)
		s.must(err)
	}
	if diff := cmp.Diff([]identity.Act{made}, acts); diff != "" {
		s.Error(diff)
	}
	if acts, err = s.Acts(s.Context(), made.ID, 1); err != nil || len(acts) != 0 {
		s.Errorf("before the first: %v, %v", acts, err)
	}
}

// recordedWithTheDeed: what was not done is not recorded.
func (s suite) recordedWithTheDeed() {
	ann := s.user("ann")
	one, keep := s.session(ann), s.session(ann)
	stranger := person("bob")
	if err := s.Register(s.Context(), person("ANN"), nil, act("no", ann)); err == nil {
		s.Error("ann was registered again")
	}
	_, _, err := s.ChangePassword(s.Context(), ann.ID, "another", "new", keep.ID, at, act("no", ann))
	s.must(err)
	for _, err := range []error{
		second(s.SetRole(s.Context(), stranger.ID, identity.RoleAdmin, at, act("no", ann))),
		s.End(s.Context(), stranger.ID, one.ID, act("no", ann)),
		second(s.UpdateProfile(s.Context(), stranger.ID, identity.Profile{}, at, act("no", ann))),
		second(s.Ban(s.Context(), stranger.ID, identity.Ban{Until: at}, at, act("no", ann))),
		s.PutReset(s.Context(), stranger.ID, identity.Reset{Digest: []byte{1}}, act("no", ann)),
		second(s.TakeReset(s.Context(), []byte{1}, "hash", at, act("no", ann))),
	} {
		if err == nil {
			s.Error("it was done for a stranger")
		}
	}
	lifted, err := s.Unban(s.Context(), ann.ID, at, act("no", ann))
	if err != nil || lifted {
		s.Errorf("got %v, %v", lifted, err)
	}
	for range 2 { // the second time it is no change
		s.must(second(s.SetRole(s.Context(), ann.ID, identity.RoleAdmin, at, act("role", ann))))
	}
	for _, err := range []error{
		second(s.SetRole(s.Context(), ann.ID, identity.RoleUser, at, act("no", ann))),
		second(s.Ban(s.Context(), ann.ID, identity.Ban{Until: identity.ForGood}, at, act("no", ann))),
	} {
		if err == nil {
			s.Error("the last administrator is gone")
		}
	}
	s.must(s.End(s.Context(), ann.ID, one.ID, act("end", ann)))
	s.must(second(s.EndOthers(s.Context(), ann.ID, keep.ID, act("others", ann))))
	s.must(second(s.UpdateProfile(s.Context(), ann.ID, identity.Profile{}, at, act("profile", ann))))
	_, _, err = s.ChangePassword(s.Context(), ann.ID, ann.Password, "new", keep.ID, at, act("password", ann))
	s.must(err)
	s.must(s.Record(s.Context(), act("elsewhere", ann)))
	if got := s.kinds(); got != "role end others profile password elsewhere" {
		s.Errorf("got %s", got)
	}
}

func second[T any](_ T, err error) error { return err }

func (s suite) actsPurged() {
	old, young := act("old", nobody), act("young", nobody)
	young.At = at.Add(time.Microsecond)
	s.must(s.Register(s.Context(), person("ann"), nil, old, young))
	s.must(s.PurgeActs(s.Context(), young.At))
	if got := s.kinds(); got != "young" {
		s.Errorf("got %s", got)
	}
}

func (s suite) banned() {
	ann, bob := s.user("ann"), s.user("bob")
	one, two, his := s.session(ann), s.session(ann), s.session(bob)
	b := identity.Ban{Reason: "noise", Until: at.Add(time.Hour)}
	ann.BannedUntil, ann.BanReason, ann.UpdatedAt = b.Until, b.Reason, at.Add(time.Second)
	ended, err := s.Ban(s.Context(), ann.ID, b, ann.UpdatedAt, act("ban", ann))
	s.must(err)
	if want := []id.Session{one.ID, two.ID}; !same(ended, want) || !same(s.revoked(), want) {
		s.Errorf("ended %v, revoked %v, want %v", ended, s.revoked(), want)
	}
	s.wantUser(ann)
	s.wantUser(bob)
	s.wantSession(his)
	x := login(ann)
	if ok, err := s.InsertSession(s.Context(), x, ann.Password); err != nil || ok {
		s.Errorf("the user got a session: %v, %v", ok, err)
	}
	x.CreatedAt = b.Until
	s.insert(x, ann.Password)

	ann.BannedUntil, ann.BanReason = time.Time{}, ""
	if lifted, err := s.Unban(s.Context(), ann.ID, ann.UpdatedAt, act("unban", ann)); err != nil || !lifted {
		s.Errorf("got %v, %v", lifted, err)
	}
	s.wantUser(ann)
	s.session(ann)
	s.must(second(s.Ban(s.Context(), ann.ID, identity.Ban{Until: identity.ForGood}, at)))
	u, err := s.User(s.Context(), ann.ID)
	if err != nil || !u.BannedUntil.Equal(identity.ForGood) {
		s.Errorf("got %v, %v", u.BannedUntil, err)
	}
	if got := s.kinds(); got != "ban unban" {
		s.Errorf("got %s", got)
	}
}

// loginDuringBan: whoever logs in while it is banned is refused or thrown out.
func (s suite) loginDuringBan() {
	ann := s.user("ann")
	errs := atOnce(9, func(i int) error {
		if i == 4 {
			return second(s.Ban(s.Context(), ann.ID, identity.Ban{Until: identity.ForGood}, at))
		}
		return second(s.InsertSession(s.Context(), login(ann), ann.Password))
	})
	for _, err := range errs {
		s.must(err)
	}
	if got := s.sessions(ann); len(got) != 0 {
		s.Errorf("left: %v", got)
	}
}

func (s suite) reset() {
	ann, bob := s.user("ann"), s.user("bob")
	one, his := s.session(ann), s.session(bob)
	old, digest := identity.Reset{Digest: []byte("old"), ExpiresAt: at}, identity.Reset{Digest: []byte("new"), ExpiresAt: at}
	s.must(s.PutReset(s.Context(), ann.ID, old))
	s.must(s.PutReset(s.Context(), ann.ID, digest, act("made", ann)))
	before := at.Add(-time.Second)
	for d, now := range map[string]time.Time{"old": before, "new": at, "": before} {
		if _, err := s.ResetOf(s.Context(), []byte(d), now); !errors.Is(err, identity.ErrReset) {
			s.Errorf("%q: got %v", d, err)
		}
		if _, err := s.TakeReset(s.Context(), []byte(d), "hash", now, act("no", ann)); !errors.Is(err, identity.ErrReset) {
			s.Errorf("%q: got %v", d, err)
		}
	}
	if u, err := s.ResetOf(s.Context(), digest.Digest, before); err != nil || u != ann.ID {
		s.Errorf("got %v, %v", u, err)
	}
	won := 0
	for _, err := range atOnce(4, func(int) error {
		ended, err := s.TakeReset(s.Context(), digest.Digest, "hash", before, act("taken", ann))
		if err == nil && !same(ended, []id.Session{one.ID}) {
			s.Errorf("ended %v", ended)
		}
		return err
	}) {
		if err == nil {
			won++
		} else if !errors.Is(err, identity.ErrReset) {
			s.Error(err)
		}
	}
	if won != 1 {
		s.Errorf("it was used %d times", won)
	}
	ann.Password, ann.UpdatedAt = "hash", before
	s.wantUser(ann)
	s.wantUser(bob)
	s.wantSession(his)
	if got := s.kinds(); got != "made taken" {
		s.Errorf("got %s", got)
	}
	s.must(s.PutReset(s.Context(), ann.ID, digest))
	s.must(s.Purge(s.Context(), at.Add(1000)))
	if _, err := s.ResetOf(s.Context(), digest.Digest, before); !errors.Is(err, identity.ErrReset) {
		s.Errorf("after the purge: %v", err)
	}
}

func (s suite) recordedAlone() {
	ann := s.user("ann")
	one := act("said", ann)
	s.must(s.Record(s.Context(), one, act("more", ann)))
	if err := s.Record(s.Context(), act("new", ann), one); err == nil {
		s.Error("an act was recorded twice")
	}
	if got := s.kinds(); got != "said more" {
		s.Errorf("got %s", got)
	}
}
