package lair

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// maxBody is the largest answer that is read, in bytes.
const maxBody = 16 << 20

// APIOptions say how to make requests. The zero value is fine.
type APIOptions struct {
	// Token is used from the start, until Register, Login or Refresh bring
	// another.
	Token string
	// Timeout bounds each request, 15 seconds if it is 0.
	Timeout time.Duration
	// HTTP makes the requests; nil means a client of its own. Its Timeout is
	// left as it is.
	HTTP *http.Client
}

// API makes requests over HTTP. Its methods may be called by any goroutine.
// They make one attempt each; Send may be repeated with the same ClientMsgID.
// An answer of more than 16 MiB is an error.
type API struct {
	base    string
	client  *http.Client
	timeout time.Duration

	mu    sync.Mutex
	token string
}

// New returns an API for the server at baseURL, such as
// "http://127.0.0.1:8082". Nothing is sent yet.
func New(baseURL string, o APIOptions) (*API, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, fmt.Errorf("the address of a server: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the address of a server is http://host or https://host, not %q", baseURL)
	}
	a := &API{
		base: strings.TrimSuffix(u.String(), "/") + "/api/v1/", client: o.HTTP,
		timeout: o.Timeout, token: o.Token,
	}
	if a.client == nil {
		a.client = &http.Client{}
	}
	if a.timeout <= 0 {
		a.timeout = 15 * time.Second
	}
	return a, nil
}

// Token returns the token in use, "" if there is none.
func (a *API) Token() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.token
}

func (a *API) setToken(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.token = token
}

// exchange makes one request and decodes the answer. A body of nil sends none.
func exchange[T any](ctx context.Context, a *API, method, path string, query url.Values, body any) (v T, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	address := a.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return v, err
		}
		content = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return v, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token := a.Token(); token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return v, err // it names the method and the address
	}
	defer resp.Body.Close() // it was read
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
	case len(raw) > maxBody:
		err = errors.New("the answer is too large")
	case resp.StatusCode/100 != 2:
		err = failure(resp.StatusCode, raw)
	default:
		err = json.Unmarshal(raw, &v)
	}
	if err != nil {
		return v, fmt.Errorf("%s %s: %w", method, req.URL.Path, err)
	}
	return v, nil
}

// failure reads the error of an answer. What does not come from the server
// itself, but from something in front of it, gets the code of its status.
func failure(status int, raw []byte) error {
	var body clientv1.ErrorBody
	if json.Unmarshal(raw, &body) == nil && body.Error.Code != "" {
		if d := body.Error.Details; d != nil {
			body.Error.RetryAfter = d.RetryAfter // as on a socket
		}
		return &body.Error
	}
	code := "validation_failed"
	switch {
	case status == http.StatusUnauthorized:
		code = "invalid_token"
	case status == http.StatusForbidden:
		code = "permission_denied"
	case status == http.StatusNotFound:
		code = "not_found"
	case status == http.StatusTooManyRequests:
		code = "rate_limited"
	case status == http.StatusBadGateway, status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		code = "unavailable"
	case status >= 500:
		code = "internal_error"
	}
	return refusal(code, fmt.Sprintf("status %d", status))
}
