package cert_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/testkit/authority"
	"github.com/lair-chat/lair/pkg/testkit/certtest"
)

const day = 24 * time.Hour

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// unfit is what no room service can use.
func unfit(t *testing.T, ours *authority.Authority) map[string]struct {
	pair authority.Pair
	ca   []byte
	says string
} {
	t.Helper()
	pair := must[authority.Pair](t)
	theirs := must[*authority.Authority](t)(authority.New())
	good := pair(ours.Issue("lair-room"))
	public, publicKey := certtest.New(t).Issue(t, 1)
	return map[string]struct {
		pair authority.Pair
		ca   []byte
		says string
	}{
		"of another role":      {pair(ours.Issue("lair-auth")), ours.PEM, "lair-room"},
		"of no role":           {pair(ours.Issue("room")), ours.PEM, "lair-room"},
		"for browsers":         {authority.Pair{Cert: public, Key: publicKey}, ours.PEM, "lair-room"},
		"expired":              {pair(ours.IssueUntil(time.Now().Add(-time.Minute), "lair-room")), ours.PEM, "expired"},
		"too early":            {pair(ours.IssueUntil(time.Now().Add(2*365*day), "lair-room")), ours.PEM, "not valid before"},
		"of another authority": {pair(theirs.Issue("lair-room")), ours.PEM, cert.PeerCAVariable},
		"half a certificate":   {authority.Pair{Cert: good.Cert[:len(good.Cert)/2], Key: good.Key}, ours.PEM, cert.PeerCertVariable},
		"half a key":           {authority.Pair{Cert: good.Cert, Key: good.Key[:len(good.Key)/2]}, ours.PEM, cert.PeerKeyVariable},
		"another key":          {authority.Pair{Cert: good.Cert, Key: pair(ours.Issue("lair-room")).Key}, ours.PEM, "does not match"},
		"half a bundle":        {good, append(bytes.Clone(ours.PEM), theirs.PEM[:len(theirs.PEM)/2]...), cert.PeerCAVariable},
		"a key in the bundle":  {good, append(bytes.Clone(ours.PEM), good.Key...), cert.PeerCAVariable},
		"an empty bundle":      {good, []byte("\n"), cert.PeerCAVariable},
		"nonsense":             {good, []byte("hello"), cert.PeerCAVariable},
	}
}

func TestWhatIsOfNoUseBetweenProgramsIsRefusedInOneLine(t *testing.T) {
	ours := must[*authority.Authority](t)(authority.New())
	for name, c := range unfit(t, ours) {
		t.Run(name, func(t *testing.T) {
			files := must[authority.Files](t)(ours.Write(t.TempDir(), "lair-room"))
			if err := files.Put(c.pair, c.ca); err != nil {
				t.Fatal(err)
			}
			_, err := cert.OpenPeer(files.Cert, files.Key, files.CA, "room", slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestABadReplacementBetweenProgramsLeavesTheOldOne(t *testing.T) {
	ours := must[*authority.Authority](t)(authority.New())
	for name := range unfit(t, ours) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // its clock says another year
				ours := must[*authority.Authority](t)(authority.New())
				c := unfit(t, ours)[name]
				files := must[authority.Files](t)(ours.Write(t.TempDir(), "lair-room"))
				var out lines
				k, err := cert.OpenPeer(files.Cert, files.Key, files.CA, "room", slog.New(slog.NewTextHandler(&out, nil)))
				if err != nil {
					t.Fatal(err)
				}
				go func() { _ = k.Run(t.Context()) }()
				before := k.Server().Certificates[0].Leaf
				if err := files.Put(c.pair, c.ca); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if now := k.Server().Certificates[0].Leaf; !now.Equal(before) || strings.Count(out.String(), "level=ERROR") != 1 || !strings.Contains(out.String(), c.says) {
					t.Errorf("serves %v after:\n%s", now.DNSNames, &out)
				}
				next := must[authority.Pair](t)(ours.Issue("lair-room"))
				if err := files.Put(next, ours.PEM); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if k.Server().Certificates[0].Leaf.Equal(before) {
					t.Error("the good one is not taken")
				}
			})
		})
	}
}

// reminders counts what the log said of the end of a certificate.
type reminders struct {
	t   *testing.T
	out lines
}

func (r *reminders) after(d time.Duration, warnings, errors int) {
	r.t.Helper()
	time.Sleep(d)
	synctest.Wait()
	text := r.out.String()
	if w, e := strings.Count(text, "level=WARN"), strings.Count(text, "level=ERROR"); w != warnings || e != errors {
		r.t.Errorf("%d warnings and %d errors, want %d and %d:\n%s", w, e, warnings, errors, text)
	}
}

// public keeps a certificate for browsers that ends at the time.
func (r *reminders) public(a *authority.Authority, end time.Time) (k *cert.Keeper, certPath, keyPath string) {
	r.t.Helper()
	pair := must[authority.Pair](r.t)(a.IssueUntil(end, "chat.example.org"))
	certPath, keyPath = certtest.Write(r.t, r.t.TempDir(), pair.Cert, pair.Key)
	k, err := cert.Open(certPath, keyPath, slog.New(slog.NewTextHandler(&r.out, nil)))
	if err != nil {
		r.t.Fatal(err)
	}
	go func() { _ = k.Run(r.t.Context()) }()
	return k, certPath, keyPath
}

func TestTheLogRemindsOfTwoWeeks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reminders{t: t}
		k, _, _ := r.public(must[*authority.Authority](t)(authority.New()), time.Now().Add(14*day+time.Hour))
		if got := testutil.ToFloat64(k.Meter("public")); got != float64(k.Until().Unix()) {
			t.Errorf("the metric is %v", got)
		}
		r.after(time.Minute, 0, 0)
		r.after(time.Hour, 1, 0)
		r.after(time.Hour, 1, 0)
	})
}

func TestTheLogRemindsOnceADayOfACertificateThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, a := &reminders{t: t}, must[*authority.Authority](t)(authority.New())
		k, certPath, keyPath := r.public(a, time.Now().Add(day+time.Hour))
		r.after(time.Hour, 1, 0)
		r.after(day-30*time.Minute, 2, 0)
		r.after(time.Hour, 2, 1)
		r.after(day, 2, 2)
		next := must[authority.Pair](t)(a.IssueUntil(time.Now().Add(90*day), "chat.example.org"))
		put(t, certPath, next.Cert)
		put(t, keyPath, next.Key)
		r.after(time.Hour, 2, 2)
		old := must[authority.Pair](t)(a.IssueUntil(time.Now().Add(-day), "chat.example.org"))
		put(t, certPath, old.Cert)
		put(t, keyPath, old.Key)
		r.after(time.Minute, 2, 3) // an expired one replaces nothing
		if time.Now().After(k.Until()) {
			t.Error("the expired one is served")
		}
	})
}
