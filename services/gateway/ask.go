package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/process"
)

// Ask is nil if the gateway that runs with this environment is ready.
func Ask(ctx context.Context, environ []string) error {
	var c Config
	if err := config.Load(environ, process.Names(), &c); err != nil {
		return err
	}
	scheme, port := "http", c.HTTPPort
	if !c.HTTPPortEnabled {
		scheme, port = "https", c.HTTPSPort
	}
	addr, err := process.Local(net.JoinHostPort(c.BindAddress, strconv.Itoa(int(port))))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+addr+"/ready", nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{
		// It asks itself, and its certificate is for another name.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
	}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New("/ready says " + resp.Status)
	}
	return nil
}
