// Package keyring keeps the keys that tokens are signed with: made here, sealed
// under a secret of the installation, kept in the database, and renewed.
package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/token"
)

// The life of a key.
const (
	// Renew is the age at which a key is followed by the next one.
	Renew = 30 * 24 * time.Hour
	// Rest is how long a new key is only published: every gateway has it when
	// the first token is signed with it.
	Rest = 5 * time.Minute
	// Keep is how long a key is published after it was made: longer than any
	// token that it signed can be in force.
	Keep = Renew + 32*24*time.Hour

	every = time.Minute // between two looks at the database
)

// MinSecret is the length in bytes of the shortest secret.
const MinSecret = 32

// Key is a key as it is stored.
type Key struct {
	KID       string
	Public    ed25519.PublicKey
	Sealed    []byte
	CreatedAt time.Time
}

// Store keeps keys. It is safe for concurrent use.
type Store interface {
	// Keys returns all keys, the newest first.
	Keys(ctx context.Context) ([]Key, error)
	// InsertKey stores a key unless one was made after the moment, by another
	// process perhaps.
	InsertKey(ctx context.Context, k Key, after time.Time) error
	// DeleteKeys removes the keys that were made before the moment.
	DeleteKeys(ctx context.Context, before time.Time) error
}

// Ring is the keys of the system. It is safe for concurrent use.
type Ring struct {
	store Store
	now   func() time.Time
	seal  cipher.AEAD

	mu     sync.Mutex
	signer token.Signer
	keys   []Key
}

// Open returns the ring, with a first key if there was none. The error names
// LAIR_JWT_SECRET if that is too short, or not the one that the keys in the
// database were sealed with.
func Open(ctx context.Context, store Store, secret []byte, now func() time.Time) (*Ring, error) {
	if len(secret) < MinSecret {
		return nil, fmt.Errorf("LAIR_JWT_SECRET must have at least %d bytes", MinSecret)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "lair auth key", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	r := &Ring{store: store, now: now}
	if r.seal, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	return r, r.renew(ctx)
}

// Signer returns what tokens are signed with now.
func (r *Ring) Signer() token.Signer {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.signer
}

// Keys returns the public keys that tokens in force may be signed with.
func (r *Ring) Keys() []Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys
}

// Run renews the keys until ctx ends.
func (r *Ring) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.renew(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}

// renew makes a key if it is time, and reads what there is.
func (r *Ring) renew(ctx context.Context) error {
	now := r.now().UTC().Truncate(time.Microsecond)
	keys, err := r.store.Keys(ctx)
	if err != nil {
		return err
	}
	if len(keys) == 0 || now.Sub(keys[0].CreatedAt) >= Renew {
		if len(keys) > 0 {
			// A key under another secret would lock out all other processes.
			if _, err := r.open(keys[0]); err != nil {
				return err
			}
		}
		fresh, err := r.make(now)
		if err != nil {
			return err
		}
		if err := r.store.InsertKey(ctx, fresh, now.Add(-Renew)); err != nil {
			return err
		}
		if err := r.store.DeleteKeys(ctx, now.Add(-Keep)); err != nil {
			return err
		}
		if keys, err = r.store.Keys(ctx); err != nil {
			return err
		}
	}
	if len(keys) == 0 {
		return errors.New("the first key was not stored")
	}
	return r.use(keys, now)
}

// use signs with the newest key that has rested, or the oldest if none has.
func (r *Ring) use(keys []Key, now time.Time) error {
	chosen := keys[len(keys)-1]
	for _, k := range keys {
		if now.Sub(k.CreatedAt) >= Rest {
			chosen = k
			break
		}
	}
	r.mu.Lock()
	same := r.signer.KID == chosen.KID
	r.mu.Unlock()
	signer := token.Signer{KID: chosen.KID}
	if !same {
		seed, err := r.open(chosen)
		if err != nil {
			return err
		}
		signer.Key = ed25519.NewKeyFromSeed(seed)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = keys
	if !same {
		r.signer = signer
	}
	return nil
}

func (r *Ring) make(now time.Time) (Key, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, err
	}
	k := Key{KID: rand.Text(), Public: public, CreatedAt: now}
	nonce := make([]byte, r.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	k.Sealed = r.seal.Seal(nonce, nonce, private.Seed(), []byte(k.KID))
	return k, nil
}

func (r *Ring) open(k Key) ([]byte, error) {
	n := r.seal.NonceSize()
	if len(k.Sealed) > n {
		seed, err := r.seal.Open(nil, k.Sealed[:n], k.Sealed[n:], []byte(k.KID))
		if err == nil && len(seed) == ed25519.SeedSize {
			return seed, nil
		}
	}
	return nil, errors.New("LAIR_JWT_SECRET is not the one that the keys in the database were sealed with; if that is lost, lair admin end-logins lets another one be used")
}
