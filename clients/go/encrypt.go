package lair

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/lair-chat/lair/pkg/sealed"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

var (
	// errNoEncryption says that the server does not do what Options.Encrypt asks
	// for; going on in clear would be worse than not going on.
	errNoEncryption = errors.New("the server does not offer the feature encryption")
	errNotTCP       = errors.New("only links over tcp can be encrypted below the protocol")
)

// encrypt greets the server and exchanges keys: all that is said from then on is
// encrypted.
func (s *session) encrypt(greeting clientv1.Command) error {
	t, ok := s.t.(*tcp)
	if !ok {
		return errNotTCP
	}
	offer, err := sealed.NewOffer()
	if err != nil {
		return err
	}
	greeting.Features = append(slices.Clone(greeting.Features), clientv1.FeatureEncryption)
	public := offer.Public()
	if err := s.say(greeting, clientv1.Command{Type: clientv1.TypeKeyExchange, PublicKey: &public}); err != nil {
		return err
	}
	raw, err := s.t.read(readTimeout)
	if err != nil {
		return err
	}
	var answer clientv1.KeyExchangeResponse
	switch err := json.Unmarshal(raw, &answer); {
	case err != nil:
		return err
	case answer.Type == clientv1.TypeError:
		return refused(raw)
	case answer.Type != clientv1.TypeResponse(clientv1.TypeKeyExchange):
		return fmt.Errorf("the server answered the key with %q", answer.Type)
	}
	t.cipher, err = offer.Accept(answer.PublicKey)
	return err
}
