// Package report prints figures, each beside its limit.
package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"
)

// Row is one figure.
type Row struct {
	Figure   string
	Measured float64
	Unit     string
	Limit    float64 // measured in the same run; 0 if there is none
	Of       string  // what the limit is of
	Goal     string  // of the design
}

const format = "| %-70s | %13s | %-40s | %6s | %-18s |\n"

// Table prints rows as they come: a table for people that is also Markdown.
type Table struct{ out io.Writer }

// New begins a table.
func New(out io.Writer) Table {
	fmt.Fprintf(out, format, "figure", "measured", "limit in the same run", "ratio", "goal")
	fmt.Fprintf(out, format, "---", "---:", "---", "---:", "---")
	return Table{out}
}

// Add prints rows.
func (t Table) Add(rows ...Row) {
	for _, r := range rows {
		limit, ratio := "", ""
		if r.Limit > 0 {
			limit = Number(r.Limit) + " " + r.Of
			ratio = strconv.FormatFloat(r.Measured/r.Limit, 'f', 2, 64)
		}
		fmt.Fprintf(t.out, format, r.Figure, Number(r.Measured)+" "+r.Unit, limit, ratio, r.Goal)
	}
}

// Number returns n with three digits that count, in groups of three.
func Number(n float64) string {
	switch {
	case n < 10:
		return strconv.FormatFloat(n, 'f', 2, 64)
	case n < 100:
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	step := math.Pow(10, math.Floor(math.Log10(n))-2)
	text := strconv.FormatFloat(math.Round(n/step)*step, 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Times are how long something took, again and again.
type Times []time.Duration

// Quantile returns the time, in milliseconds, that a share q of the times does
// not pass. It sorts them.
func (t Times) Quantile(q float64) float64 {
	if len(t) == 0 {
		return math.NaN()
	}
	slices.Sort(t)
	i := int(math.Ceil(q*float64(len(t)))) - 1
	return t[min(max(i, 0), len(t)-1)].Seconds() * 1000
}
