package run

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// httpStopTime bounds the graceful end of an HTTP server.
const httpStopTime = 10 * time.Second

// ServeHTTP returns the part that serves srv on lis, with TLS if srv has a
// TLSConfig. When it is stopped, the requests that run may finish for 10 s and
// are broken off then. Connections that handlers took over, such as
// WebSockets, are the handlers' to close.
func ServeHTTP(srv *http.Server, lis net.Listener) Part {
	return Part{Name: "http " + lis.Addr().String(), Run: func(ctx context.Context) error {
		failed := make(chan error, 1)
		go func() {
			if srv.TLSConfig != nil {
				failed <- srv.ServeTLS(lis, "", "")
			} else {
				failed <- srv.Serve(lis)
			}
		}()
		select {
		case err := <-failed:
			return closedIsFine(err)
		case <-ctx.Done():
		}
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), httpStopTime)
		defer cancel()
		err := srv.Shutdown(late)
		if errors.Is(err, context.DeadlineExceeded) {
			err = srv.Close()
		}
		return errors.Join(err, closedIsFine(<-failed))
	}}
}

func closedIsFine(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
