package rpc

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/metadata"

	"github.com/lair-chat/lair/pkg/id"
)

// The metadata of a call.
const (
	roleKey = "lair-role"
	timeKey = "lair-time" // Unix milliseconds, decimal
	whoKey  = "lair-actor"
	nameKey = "lair-request-id"
	macKey  = "lair-proof-bin"
)

// maxSkew is how far the clocks of two processes may differ. Within it whoever
// reads the network can repeat a call, which TLS prevents.
const maxSkew = 30 * time.Second

// proofVersion is part of what is signed, so that another use of the cluster
// key can never produce a proof of a call.
const proofVersion = "lair-rpc-1"

// claim is what a caller says about a call, as it travels.
type claim struct{ role, method, time, actor string }

// proof returns the HMAC-SHA256 of the claim. Every part has its length before
// it, so no two claims have the same bytes.
func (c claim) proof(key []byte) []byte {
	var b []byte
	for _, part := range [...]string{proofVersion, c.role, c.method, c.time, c.actor} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part))) //nolint:gosec // a header is short
		b = append(b, part...)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(b)
	return mac.Sum(nil)
}

// sign returns the context of an outgoing call with everything that the other
// side wants to know.
func sign(ctx context.Context, o Options, method string) context.Context {
	c := claim{role: o.Role, method: method, time: strconv.FormatInt(o.Now().UnixMilli(), 10)}
	if a, ok := ActorFrom(ctx); ok {
		c.actor = a.User.String() + "/" + a.Session.String()
	}
	md, _ := metadata.FromOutgoingContext(ctx)
	if md == nil {
		md = metadata.MD{}
	}
	md.Set(roleKey, c.role)
	md.Set(timeKey, c.time)
	md.Set(nameKey, RequestID(ctx))
	md.Set(macKey, string(c.proof(o.Key)))
	if c.actor == "" {
		md.Delete(whoKey)
	} else {
		md.Set(whoKey, c.actor)
	}
	return metadata.NewOutgoingContext(ctx, md)
}

// verify returns the context of a handler whose caller proved what it claims.
// The error says what was wrong, for the log only.
func verify(ctx context.Context, o Options, method string) (context.Context, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	c := claim{role: one(md, roleKey), method: method, time: one(md, timeKey), actor: one(md, whoKey)}
	if !hmac.Equal([]byte(one(md, macKey)), c.proof(o.Key)) {
		return nil, errors.New("the proof is missing or wrong")
	}
	ms, err := strconv.ParseInt(c.time, 10, 64)
	if err != nil {
		return nil, errors.New("the time is not a number")
	}
	if skew := o.Now().Sub(time.UnixMilli(ms)); skew.Abs() > maxSkew {
		return nil, differ(c.role, skew)
	}
	if err := certified(ctx, o, c.role); err != nil {
		return nil, err
	}
	ctx = WithPeer(ctx, c.role)
	if c.actor == "" {
		return ctx, nil
	}
	a, err := parseActor(c.actor)
	if err != nil {
		return nil, err
	}
	return WithActor(ctx, a), nil
}

// refusal is why a caller is not admitted, for the metrics.
type refusal string

const (
	refusedProof       refusal = "proof"
	refusedClock       refusal = "clock"
	refusedCertificate refusal = "certificate"
)

type refusedError struct {
	reason refusal
	text   string
}

func (e *refusedError) Error() string { return e.text }

// reasonOf returns the reason of an error of verify.
func reasonOf(err error) refusal {
	if e, ok := errors.AsType[*refusedError](err); ok {
		return e.reason
	}
	return refusedProof
}

// one returns the value of a key that must not be given twice, else "".
func one(md metadata.MD, key string) string {
	if v := md[key]; len(v) == 1 {
		return v[0]
	}
	return ""
}

func parseActor(s string) (Actor, error) {
	user, session, _ := strings.Cut(s, "/")
	u, err := id.Parse(user)
	if err != nil {
		return Actor{}, fmt.Errorf("the acting user: %w", err)
	}
	v, err := id.Parse(session)
	if err != nil {
		return Actor{}, fmt.Errorf("the session: %w", err)
	}
	return Actor{User: id.User{UUID: u}, Session: id.Session{UUID: v}}, nil
}
