package authn

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lair-chat/lair/pkg/token"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// keys are the public keys that tokens in force may be signed with.
type keys struct {
	auth Auth
	now  func() time.Time
	set  atomic.Pointer[token.KeySet] // nil before the first answer

	mu    sync.Mutex // held while auth is asked
	asked time.Time
	err   error // of the last question
}

// verify says whose token it is. A key that is not known may be a new one: then
// auth is asked, but not for everybody who makes one up.
func (k *keys) verify(ctx context.Context, text string) (Identity, error) {
	set := k.set.Load()
	if set == nil {
		return Identity{}, unavailable(nil)
	}
	who, err := k.check(set, text)
	if !errors.Is(err, token.ErrUnknownKey) {
		return who, err
	}
	if err := k.renew(ctx, set); err != nil {
		return Identity{}, unavailable(err)
	}
	return k.check(k.set.Load(), text)
}

// check says whose token it is, if its key is in the set.
func (k *keys) check(set *token.KeySet, text string) (Identity, error) {
	c, err := set.Verify(text, k.now())
	if err != nil {
		return Identity{}, err
	}
	return Identity{User: c.User, Session: c.Session, Username: c.Username, Role: c.Role, Expires: c.ExpiresAt}, nil
}

// renew asks for the keys unless there are others than seen by now, or auth was
// asked a moment ago. The error is that of the last question.
func (k *keys) renew(ctx context.Context, seen *token.KeySet) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.set.Load() != seen {
		return nil
	}
	if k.now().Sub(k.asked) < keysAgain {
		return k.err
	}
	// Others wait for the answer, so it does not end with this request.
	return k.ask(context.WithoutCancel(ctx))
}

// fetch asks for the keys.
func (k *keys) fetch(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ask(ctx)
}

func (k *keys) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	k.asked = k.now()
	res, err := k.auth.KeySet(ctx, &authv1.KeySetRequest{})
	if k.err = err; err != nil {
		return err
	}
	k.set.Store(keySet(res))
	return nil
}

func keySet(res *authv1.KeySetResponse) *token.KeySet {
	set := make(token.KeySet, len(res.GetKeys()))
	for _, k := range res.GetKeys() {
		set[k.GetKid()] = k.GetPublicKey()
	}
	return &set
}
