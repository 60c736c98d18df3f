package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

var (
	reads   = regexp.MustCompile(`(?m)^lair_rpc_server_handled_seconds_count\{[^}]*method="message\.v1\.MessageService/ListMessages"[^}]*\} (\S+)`)
	stored  = regexp.MustCompile(`(?m)^lair_message_commit_drafts_sum (\S+)`)
	sockets = regexp.MustCompile(`(?m)^lair_gateway_connections\{[^}]*"websocket"[^}]*\} (\S+)`)
)

// count returns a metric of each pod of a component, by the name of the pod.
func count(ctx context.Context, component string, metric *regexp.Regexp) (map[string]float64, error) {
	all, err := pods(ctx, component)
	if err != nil {
		return nil, err
	}
	values := map[string]float64{}
	for _, p := range all {
		page, err := hall.Get(ctx, http.DefaultClient, "http://"+p.Status.PodIP+":9090/metrics")
		if err != nil {
			return nil, err
		}
		values[p.Name] = 0
		for _, m := range metric.FindAllStringSubmatch(page, -1) {
			v, err := strconv.ParseFloat(m[1], 64)
			if err != nil {
				return nil, err
			}
			values[p.Name] += v
		}
	}
	return values, nil
}

// seated holds that people are on both gateways.
func seated(ctx context.Context) error {
	on, err := count(ctx, "gateway", sockets)
	if err != nil {
		return err
	}
	for name, n := range on {
		if n == 0 {
			return fmt.Errorf("nobody is on %s: %v", name, on)
		}
	}
	hall.Say("WebSockets on each gateway: %s", figures(on))
	return nil
}

// spread has people read, and holds that each pod of message serves its part of the
// calls, whichever gateway they come from. Messages come on a few streams of each
// gateway, which are spread like calls when they are opened. A pod that is new is found
// within seconds.
func spread(ctx context.Context, people *hall.Hall) error {
	return hall.Until(ctx, 30*time.Second, func(ctx context.Context) error { return spreadNow(ctx, people) })
}

func spreadNow(ctx context.Context, people *hall.Hall) error {
	before, err := count(ctx, "message", reads)
	if err != nil {
		return err
	}
	if err := people.Read(ctx, 50); err != nil {
		return err
	}
	served, err := count(ctx, "message", reads)
	if err != nil {
		return err
	}
	sum := 0.0
	for name := range served {
		served[name] -= before[name]
		sum += served[name]
	}
	for name, n := range served {
		if len(served) != 2 || n*3 < sum || sum < 100 {
			return fmt.Errorf("calls are not spread: %s has %v of %v", name, n, sum)
		}
	}
	drafts, err := count(ctx, "message", stored)
	if err != nil {
		return err
	}
	hall.Say("calls on each message pod: %s; messages stored by each so far: %s", figures(served), figures(drafts))
	return nil
}

func figures(of map[string]float64) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		all = append(all, strconv.FormatFloat(of[name], 'f', -1, 64))
	}
	return strings.Join(all, " and ")
}
