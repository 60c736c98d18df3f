// Package password hashes passwords with Argon2id (RFC 9106).
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/lair-chat/lair/pkg/fault"
)

// The parameters of new hashes, those of Lair Chat 0.8 and of OWASP: 19 MiB, 2
// passes, 1 lane. One hash takes about 25 ms of a core.
const (
	memory = 19456 // KiB
	passes = 2
	lanes  = 1
	salt   = 16 // bytes
	length = 32 // bytes
)

// How many may wait for a core, and how long.
const (
	maxWaiting = 256
	maxWait    = 4 * time.Second
)

// Hasher hashes as many passwords at once as there are cores, so that a flood
// of logins costs a bounded amount of memory and leaves the rest of the system
// alone. It is safe for concurrent use.
type Hasher struct {
	waiting chan struct{}
	running chan struct{}
	nobody  string // a hash that no password has
}

// New returns a hasher.
func New() *Hasher {
	cores := max(1, runtime.GOMAXPROCS(0))
	h := &Hasher{waiting: make(chan struct{}, maxWaiting+cores), running: make(chan struct{}, cores)}
	h.nobody = hash(rand.Text(), newSalt(), memory, passes, lanes, length).String()
	return h
}

const busy = "too many people log in at once, try again"

var errBusy = fault.New(fault.Unavailable, "busy", busy)

// slot waits for a core; the caller calls free in the end.
func (h *Hasher) slot(ctx context.Context) (free func(), err error) {
	select {
	case h.waiting <- struct{}{}:
	default:
		return nil, errBusy
	}
	late := time.NewTimer(maxWait)
	defer late.Stop()
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running; <-h.waiting }, nil
	case <-late.C:
		err = errBusy
	case <-ctx.Done():
		err = fault.Wrap(ctx.Err(), fault.Unavailable, "busy", busy)
	}
	<-h.waiting
	return nil, err
}

// Hash implements identity.Hasher.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	free, err := h.slot(ctx)
	if err != nil {
		return "", err
	}
	defer free()
	return hash(password, newSalt(), memory, passes, lanes, length).String(), nil
}

// Verify implements identity.Hasher.
func (h *Hasher) Verify(ctx context.Context, password, text string) (ok, outdated bool, err error) {
	exists := text != ""
	if !exists {
		text = h.nobody
	}
	want, err := parse(text)
	if err != nil {
		return false, false, err
	}
	free, err := h.slot(ctx)
	if err != nil {
		return false, false, err
	}
	defer free()
	got := hash(password, want.salt, want.memory, want.passes, want.lanes, uint32(len(want.sum))) //nolint:gosec // bounded by parse
	ok = subtle.ConstantTimeCompare(got.sum, want.sum) == 1 && exists
	outdated = want.memory != memory || want.passes != passes || want.lanes != lanes || len(want.sum) != length
	return ok, ok && outdated, nil
}

func newSalt() []byte {
	b := make([]byte, salt)
	_, _ = rand.Read(b) // never fails
	return b
}

// phc is a hash with its parameters, as the PHC string format writes it.
type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

func hash(password string, salt []byte, memory, passes uint32, lanes uint8, length uint32) phc {
	return phc{memory, passes, lanes, salt, argon2.IDKey([]byte(password), salt, passes, memory, lanes, length)}
}

func (p phc) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes, b64(p.salt), b64(p.sum))
}

var errFormat = errors.New("a stored password is not an argon2id string")

// parse reads a PHC string in the one form that String gives it. Parameters
// that would exhaust the machine are refused.
func parse(text string) (phc, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errFormat
	}
	var p phc
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes)
	if err != nil || n != 3 || p.memory > 1<<20 || p.passes < 1 || p.passes > 16 || p.lanes < 1 {
		return phc{}, errFormat
	}
	var saltErr, sumErr error
	p.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	p.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(p.salt) < 8 || len(p.salt) > 64 || len(p.sum) < 16 || len(p.sum) > 64 {
		return phc{}, errFormat
	}
	if p.String() != text {
		return phc{}, errFormat // Sscanf and Base64 overlook much
	}
	return p, nil
}
