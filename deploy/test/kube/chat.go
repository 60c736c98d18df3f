package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// pause is what people wait between two messages.
const pause = 100 * time.Millisecond

// chat installs the chart and has people talk while its parts come and go.
func chat(ctx context.Context, values []string) error {
	if err := prepare(ctx); err != nil {
		return err
	}
	e, err := watch(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := install(ctx, values, "install", "test"); err != nil {
		return err
	}
	hall.Say("helm install: all ready after %s", hall.Since(began))
	if err := errors.Join(settled(ctx), migrated(e), probed(ctx), confined(ctx)); err != nil {
		return err
	}
	hall.Say("the Job has migrated; 10 pods are started, ready and alive, nobody, on a root that is read-only,")
	hall.Say("have their secrets as files, no token and no variables of Services; a pod less strict is refused")
	people, err := open(ctx)
	if err != nil {
		return err
	}
	defer people.Close(ctx)
	if err := errors.Join(people.Talk(ctx, "all is well"), seated(ctx), spread(ctx, people), promoted(ctx, people)); err != nil {
		return err
	}
	if err := watched(ctx, people); err != nil {
		return fmt.Errorf("prometheus: %w", err)
	}
	load := people.Begin(ctx, pause)
	kept, err := disturb(ctx, values, e, load)
	if err != nil {
		return errors.Join(err, load.End(ctx))
	}
	if err := load.End(ctx); err != nil {
		return err
	}
	if err := errors.Join(people.Check(), spread(ctx, people), probed(ctx)); err != nil {
		return err
	}
	if err := restore(ctx, people, kept); err != nil {
		return err
	}
	return ended(e)
}

// ended holds that every pod that was asked to end did so by itself.
func ended(e *ends) error {
	for _, component := range components() {
		n, took, grace, err := e.well(component)
		if err != nil {
			return err
		}
		if n < 2 || took >= grace {
			return fmt.Errorf("%d pods of %s ended within %s of %s", n, component, took, grace)
		}
		hall.Say("%d pods of %s were asked to end: each did with 0, the slowest after %s of %s", n, component, took, grace)
	}
	return nil
}

// open has people come through the port of the node that leads to all gateways, until
// somebody is on each: which one that is, is by chance.
func open(ctx context.Context) (*hall.Hall, error) {
	pem, err := os.ReadFile("/run/kube/tls.crt")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("the certificate cannot be read")
	}
	var s corev1.Service
	if err := ask(ctx, &s, "get", "service", "lair-gateway"); err != nil {
		return nil, err
	}
	address := ""
	for _, port := range s.Spec.Ports {
		if port.Name == "https" {
			address = fmt.Sprintf("10.97.0.1:%d", port.NodePort)
		}
	}
	var seats []hall.Seat
	for name := range strings.FieldsSeq("ann bob cas dan eve fay gil hal") {
		seats = append(seats, hall.Seat{Name: name, Web: "https://" + address, Address: "wss://" + address + "/ws"})
	}
	return hall.Open(ctx, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, seats...)
}
