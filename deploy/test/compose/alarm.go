package main

import (
	"context"
	"fmt"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// alarm stops a service, as something will at three o'clock, and sees how the
// operator comes to know, and that it is over when the service is back.
func alarm(ctx context.Context, people *hall.Hall, c containers) error {
	const service, name = "presence", "LairServiceMissing presence"
	began := time.Now()
	if err := c.run(ctx, "stop", service); err != nil {
		return err
	}
	p, err := metrics(ctx)
	if err != nil {
		return err
	}
	for _, state := range []string{"pending", "firing"} {
		if err := p.Is(ctx, name, state); err != nil {
			return err
		}
		hall.Say("%s stopped: LairServiceMissing is %s after %s", service, state, hall.Since(began))
	}
	if err := hall.Until(ctx, time.Minute, func(ctx context.Context) error { return notified(ctx, service, true) }); err != nil {
		return err
	}
	active, err := p.Alerts(ctx)
	if err != nil {
		return err
	}
	hall.Say("Alertmanager has it after %s; with it came %v", hall.Since(began), active)
	if err := people.Talk(ctx, "without "+service); err != nil {
		return err
	}

	began = time.Now()
	if err := c.run(ctx, "start", service); err != nil {
		return err
	}
	if err := p.Is(ctx, name, ""); err != nil {
		return err
	}
	err = hall.Until(ctx, 5*time.Minute, func(ctx context.Context) error { return notified(ctx, service, false) })
	if err == nil {
		hall.Say("%s started: the alert is gone, in Alertmanager, too, after %s", service, hall.Since(began))
	}
	return err
}

// notified holds whether Alertmanager has the alert about a service.
func notified(ctx context.Context, service string, want bool) error {
	var alerts []struct {
		Labels map[string]string
	}
	if err := ask(ctx, "alertmanager", 9093, "/api/v2/alerts?active=true", &alerts); err != nil {
		return err
	}
	got := false
	for _, a := range alerts {
		if a.Labels["alertname"] == "LairServiceMissing" && a.Labels["service"] == service {
			got = true
		}
	}
	if got != want {
		return fmt.Errorf("the Alertmanager has the alert about %s: %v", service, got)
	}
	return nil
}
