package main

// A board is what one dashboard shows.
type board struct {
	name, title, about string
	// instances is the series whose instances can be chosen, in the variable $instance.
	instances string
	rows      []row
}

type row struct {
	title  string
	panels []panel
}

// A panel asks or says something (title), and tells what to do about it (todo).
type panel struct {
	title, todo string
	unit        string // as Grafana names it: s, short, reqps, percentunit, bytes
	now         bool   // one number in place of a graph
	stack       bool
	queries     []query
	// warn and bad are the goal: from there it is yellow, or red. If below is set,
	// it is the smaller numbers that are bad.
	warn, bad float64
	below     bool
}

type query struct{ expr, legend string }

func one(expr, legend string) []query { return []query{{expr, legend}} }

const mine = `instance=~"$instance"`

// quantiles are how long most, and nearly all, took.
func quantiles(metric string) []query {
	var out []query
	for _, q := range []struct{ value, legend string }{{"0.5", "half"}, {"0.95", "95 of 100"}, {"0.99", "99 of 100"}} {
		out = append(out, query{"histogram_quantile(" + q.value + ", sum by (le) (rate(" + metric + "_bucket{" + mine + "}[$__rate_interval])))", q.legend})
	}
	return out
}

// slowest is the 99th percentile for each value of a label. A selector is empty
// or ends in a comma, here and below.
func slowest(metric, selector, label string) []query {
	return one("topk(10, histogram_quantile(0.99, sum by (le, "+label+") (rate("+metric+"_bucket{"+selector+mine+"}[$__rate_interval]))))", "{{"+label+"}}")
}

// rate is how often a thing happens in a second, for each value of a label.
func rate(counter, selector, label string) []query {
	return one("sum by ("+label+") (rate("+counter+"{"+selector+mine+"}[$__rate_interval]))", "{{"+label+"}}")
}

// share is the part of a histogram's observations that the second selector has.
// It is 0, not nothing, while there are only good ones.
func share(metric, selector, failed, legend string) []query {
	count := func(s string) string { return "sum(rate(" + metric + "_count{" + s + mine + "}[$__rate_interval]))" }
	return one("("+count(selector+failed)+" or vector(0)) / clamp_min("+count(selector)+", 0.001)", legend)
}
