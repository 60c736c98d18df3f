package live

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// fault is something that breaks, and what whoever is woken by it sees.
type fault struct {
	name string
	// breaks does it, and returns how it is mended.
	breaks func(*testing.T, *system) (mend func())
	// fires must fire, and go when it is mended. instance="NAME" is where that
	// program is read.
	fires []string
	// along may fire, too, if it lasts: what depends on what is broken.
	along []string
}

// The tells of an outage that begin or end as chance has it.
var (
	failing = []string{"LairHTTPBurnsFast", "LairHTTPBurnsSlowly", "LairCommandsBurnsFast", "LairCommandsBurnsSlowly", "LairRPCBurnsFast", "LairRPCBurnsSlowly", "LairPeerUnreachable"}
	late    = []string{"LairDeliveryBurnsFast", "LairDeliveryBurnsSlowly", "LairHealingSpike"}
	waiting = []string{"LairPoolExhausted", "LairPoolWaits", "LairCommitWaits"}
	unready = []string{"LairNotReady", "LairServiceNotReady"}
	// Who hung for more than half a minute refuses what waited for it, for its age.
	old      = []string{"LairClocksDiffer"}
	busTells = []string{"LairBellsLost", "LairBusInterrupted", "LairRedisPoolTimeouts"}
)

var faults = []fault{
	{
		"the message service hangs",
		hangs("message"),
		[]string{
			`LairServiceMissing{service="message"}`, `LairProcessDown{instance="message"}`,
			`LairNotReady{instance="gateway-1"}`, `LairNotReady{instance="gateway-2"}`,
			`LairHTTPBurnsFast`, `LairCommandsBurnsFast`,
		},
		slices.Concat(failing, late, waiting, unready, old),
	},
	{
		"a gateway hangs",
		hangs("gateway-2"),
		[]string{`LairProcessDown{instance="gateway-2"}`},
		slices.Concat(late, old),
	},
	{
		"PostgreSQL ends",
		postgresEnds,
		[]string{
			`LairPostgresDown`, `LairNotReady{instance="auth"}`, `LairNotReady{instance="room"}`,
			`LairNotReady{instance="message"}`, `LairRPCBurnsFast`,
		},
		slices.Concat(failing, late, waiting, unready),
	},
	{
		"PostgreSQL has no room",
		noRoom,
		[]string{`LairDatabaseFull{instance="message"}`},
		failing,
	},
	{
		"somebody locks the messages",
		locks,
		[]string{`LairPoolExhausted{service="message"}`, `LairPoolWaits{service="message"}`},
		// The exporter waits for the lock, too. What waits to be stored has waited when the
		// lock is gone only, and is few among all of the last minutes.
		slices.Concat(failing, late, unready, waiting, []string{"LairScrapeMissing"}),
	},
	{
		"somebody takes the connections of PostgreSQL",
		crowds,
		[]string{`LairPostgresConnections`},
		nil,
	},
	{
		"a standby is gone",
		slot,
		[]string{`LairPostgresSlotIdle{slot_name="standby"}`},
		nil,
	},
	{
		"an older backup is put back",
		schema(-1),
		[]string{`LairSchemaBehind{instance="room",schema="room"}`, `LairNotReady{instance="room"}`},
		slices.Concat(failing, unready),
	},
	{
		"an upgrade stops half-way",
		schema(1),
		[]string{`LairUpgradeUnfinished{instance="room",schema="room"}`},
		nil,
	},
	{
		"Redis hangs",
		redisHangs,
		[]string{`LairRedisDown`, `LairNotReady{instance="presence"}`, `LairHealingSpike`},
		slices.Concat(failing, late, unready, busTells),
	},
	{
		"Redis has few connections",
		redisFull,
		[]string{`LairRedisConnections`},
		busTells,
	},
	{
		"an exporter hangs",
		exporterHangs,
		[]string{`LairScrapeMissing{job="redis"}`},
		nil,
	},
	{
		"a clock is wrong",
		caller(wrongClock),
		[]string{`LairClocksDiffer{instance="auth"}`},
		nil,
	},
	{
		"somebody calls with another key",
		caller(wrongKey),
		[]string{`LairStrangersRefused{instance="auth"}`},
		nil,
	},
	{
		"a certificate is not renewed",
		certificateEnds,
		[]string{`LairCertificateExpiresSoon{instance="presence",use="internal"}`, `LairCertificateExpired{instance="presence",use="internal"}`},
		slices.Concat(failing, late, unready),
	},
	{
		"a service ends again and again",
		ends("presence", 3),
		[]string{`LairRestarts{instance="presence"}`},
		slices.Concat(failing, unready, []string{"LairProcessDown", "LairServiceMissing"}),
	},
	{
		"clients do not read",
		sleepers,
		[]string{`LairSlowReaders`},
		slices.Concat(late, waiting),
	},
}

// breaks has everything break, one after the other, on the system that runs.
func (s *system) breaks(t *testing.T) {
	s.crowd = s.gather(t)
	lasting := map[string]bool{}
	for _, a := range alerts(t) {
		lasting[a.name] = a.windowed
	}
	j := &judge{system: s, lasting: lasting, left: map[string]bool{}}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) { j.suffer(t, f) })
	}
}

// suffer has one thing break and be mended.
func (j *judge) suffer(t *testing.T, f fault) {
	began := time.Now()
	j.seen = map[string]active{}
	var wants []want
	for _, text := range f.fires {
		wants = append(wants, j.want(t, text))
	}
	mend := sync.OnceFunc(f.breaks(t, j.system))
	defer mend()
	for _, w := range wants {
		j.until(t, w.text+" to fire and to be told", func() bool {
			firing, _ := j.pager.told(w)
			return firing > 0 && slices.ContainsFunc(j.now, func(a active) bool { return w.is(a.Labels) })
		})
	}
	fired := time.Since(began)
	mend()
	j.until(t, "all to be well again", func() bool { return !slices.ContainsFunc(j.now, j.passes) })
	for _, w := range wants {
		j.until(t, w.text+" to be told as over", func() bool {
			firing, over := j.pager.told(w)
			return j.lasting[w.name] || firing == 0 && over > 0
		})
	}
	t.Logf("fired after %.0f s, over after %.0f s more", fired.Seconds(), (time.Since(began) - fired).Seconds())
	for name, a := range j.seen {
		expected := slices.Contains(f.along, name) || slices.ContainsFunc(wants, func(w want) bool { return w.name == name })
		if !expected && !j.left[name] {
			t.Errorf("%v fires, which says nothing of it", a)
		}
		a.readable(t)
		j.left[name] = j.left[name] || j.lasting[name]
	}
}

// judge looks at what fires.
type judge struct {
	*system
	lasting map[string]bool   // the alerts that look back, and fire for minutes when all is well again
	left    map[string]bool   // those of them that fired for something that is mended
	now     []active          // what fires
	seen    map[string]active // by name, whatever fired since the last thing broke
}

// until looks until something is so.
func (j *judge) until(t *testing.T, what string, so func() bool) {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for j.gaze(t); !so(); j.gaze(t) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s; what fires: %v", what, j.now)
		}
		pause()
	}
}

func (j *judge) gaze(t *testing.T) {
	t.Helper()
	j.now = nil
	for _, a := range j.active(t) {
		if a.fires() {
			j.now = append(j.now, a)
			j.seen[a.Labels["alertname"]] = a
		}
	}
}

// want is what must fire.
type want struct {
	text, name string
	labels     []*labels.Matcher
}

func (s *system) want(t *testing.T, text string) want {
	t.Helper()
	for _, p := range s.Programs {
		text = strings.ReplaceAll(text, `instance="`+p.Name+`"`, `instance="`+p.Metrics+`"`)
	}
	all, err := parser.ParseMetricSelector(text)
	must(t, err)
	w := want{text: text}
	for _, m := range all {
		if m.Name == "__name__" {
			w.name = m.Value
		} else {
			w.labels = append(w.labels, m)
		}
	}
	return w
}

func (w want) is(l map[string]string) bool {
	return l["alertname"] == w.name &&
		!slices.ContainsFunc(w.labels, func(m *labels.Matcher) bool { return !m.Matches(l[m.Name]) })
}

// passes reports whether an alert goes when what it tells of is mended.
func (j *judge) passes(a active) bool { return !j.lasting[a.Labels["alertname"]] }

// anchors are the places in the runbooks that alerts lead to.
var anchors = sync.OnceValue(func() map[string]bool {
	text, err := os.ReadFile("../../../docs/runbooks.md")
	if err != nil {
		panic(err)
	}
	all := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(string(text), -1) {
		all[strings.ToLower(m[1])] = true
	}
	return all
})

// readable wants words in what people read, with all values filled in, and a runbook.
func (a active) readable(t *testing.T) {
	t.Helper()
	for _, field := range []string{"summary", "description"} {
		text := a.Annotations[field]
		if text == "" || strings.Contains(text, "<no value>") || strings.Contains(text, "error expanding") || strings.Contains(text, "{{") || strings.Contains(" "+text+" ", "  ") {
			t.Errorf("the %s of %v: %q", field, a, text)
		}
	}
	url, anchor, _ := strings.Cut(a.Annotations["runbook_url"], "#")
	if !strings.HasSuffix(url, "/docs/runbooks.md") || !anchors()[anchor] {
		t.Errorf("%v leads to %s#%s", a, url, anchor)
	}
}
