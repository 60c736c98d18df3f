package report_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/clients/load/internal/report"
)

func TestNumbersHaveThreeDigits(t *testing.T) {
	for n, want := range map[float64]string{
		0.1234: "0.12", 9.876: "9.88", 12.34: "12.3", 123.4: "123", 12345: "12,300", 999_999: "1,000,000", 1_234_567: "1,230,000",
	} {
		if got := report.Number(n); got != want {
			t.Errorf("%v is %s, want %s", n, got, want)
		}
	}
}

func TestQuantilesAreTimesThatOccurred(t *testing.T) {
	var times report.Times
	for i := range 100 {
		times = append(times, time.Duration(100-i)*time.Millisecond)
	}
	for q, want := range map[float64]float64{0: 1, 0.5: 50, 0.99: 99, 1: 100} {
		if got := times.Quantile(q); math.Abs(got-want) > 1e-9 {
			t.Errorf("the quantile %v is %v ms, want %v", q, got, want)
		}
	}
	if got := (report.Times{}).Quantile(0.5); !math.IsNaN(got) {
		t.Errorf("the quantile of nothing is %v", got)
	}
}

func TestAFigureStandsBesideItsLimit(t *testing.T) {
	var out strings.Builder
	report.New(&out).Add(
		report.Row{Figure: "writes", Measured: 750, Unit: "/s", Limit: 1000, Of: "bare writes/s", Goal: "0.75"},
		report.Row{Figure: "alone", Measured: 5, Unit: "ms"},
	)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range [][]string{2: {"writes", "750 /s", "1,000 bare writes/s", "0.75", "0.75"}, 3: {"alone", "5.00 ms", "", "", ""}} {
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(lines[i], "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		if want != nil && strings.Join(cells, ";") != strings.Join(want, ";") {
			t.Errorf("row %d is %q, want %q", i, cells, want)
		}
	}
}
