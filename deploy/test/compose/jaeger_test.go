package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// recorded is the form of Jaeger's answer: a message from one gateway to another.
const recorded = `{"traceID":"1f","processes":{
	"p1":{"serviceName":"gateway","tags":[{"key":"host.name","value":"one"}]},
	"p2":{"serviceName":"message","tags":[{"key":"process.pid","value":1}]},
	"p3":{"serviceName":"gateway","tags":[{"key":"host.name","value":"two"}]}},
	"spans":[
	{"spanID":"e","operationName":"deliver","processID":"p3","startTime":1900,"duration":50,"references":[{"refType":"CHILD_OF","traceID":"1f","spanID":"d"}]},
	{"spanID":"c","operationName":"sql InsertMessages","processID":"p2","startTime":1200,"duration":300,"references":[{"refType":"CHILD_OF","traceID":"1f","spanID":"b"}]},
	{"spanID":"a","operationName":"command send_message","processID":"p1","startTime":1000,"duration":2000,"references":[]},
	{"spanID":"b","operationName":"commit","processID":"p2","startTime":1100,"duration":500,"references":[{"refType":"CHILD_OF","traceID":"1f","spanID":"a"}]},
	{"spanID":"d","operationName":"publish","processID":"p2","startTime":1700,"duration":90,"references":[{"refType":"FOLLOWS_FROM","traceID":"9","spanID":"x"},{"refType":"CHILD_OF","traceID":"1f","spanID":"a"}]},
	{"spanID":"r","operationName":"redis pipeline publish","processID":"p2","startTime":1710,"duration":70,"references":[{"refType":"CHILD_OF","traceID":"1f","spanID":"d"}]}]}`

func parse(t *testing.T, text string) trace {
	t.Helper()
	var tr trace
	if err := json.Unmarshal([]byte(text), &tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestATraceIsPrintedAsATree(t *testing.T) {
	var got []string
	for line := range strings.Lines(parse(t, recorded).String()) {
		got = append(got, line[:len(line)-len(strings.TrimLeft(line, " "))]+strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"  command send_message gateway@one +0s for 2ms",
		"    commit message +100µs for 500µs",
		"      sql InsertMessages message +200µs for 300µs",
		"    publish message +700µs for 90µs",
		"      redis pipeline publish message +710µs for 70µs",
		"      deliver gateway@two +900µs for 50µs",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it is\n%s", strings.Join(got, "\n"))
	}
}

func TestATraceIsWholeWithEveryStepOfAMessage(t *testing.T) {
	if err := whole(parse(t, recorded), "command send_message"); err != nil {
		t.Error(err)
	}
	for what, change := range map[string][2]string{
		"no frame":    {"command send_message", "command typing"},
		"no commit":   {`"commit"`, `"rollback"`},
		"no SQL":      {"sql InsertMessages", "statement"},
		"no publish":  {`"publish"`, `"say"`},
		"no Redis":    {"redis pipeline", "bus"},
		"no delivery": {`"deliver"`, `"healed"`},
		"one gateway": {`"two"`, `"one"`},
	} {
		if whole(parse(t, strings.ReplaceAll(recorded, change[0], change[1])), "command send_message") == nil {
			t.Errorf("%s: it is taken as whole", what)
		}
	}
}
