package farewell

import (
	"context"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// Auth is the list of the auth service. It is safe for concurrent use.
type Auth struct{ client authv1.AuthServiceClient }

// AskAuth returns the list of the auth service at the end of conn, for the
// service in whose role conn was made.
func AskAuth(conn grpc.ClientConnInterface) Auth { return Auth{authv1.NewAuthServiceClient(conn)} }

// Deletions implements List.
func (a Auth) Deletions(ctx context.Context, after id.User) ([]id.User, error) {
	req := &authv1.ListDeletionsRequest{}
	if !after.IsZero() {
		req.After = after.Bytes()
	}
	res, err := a.client.ListDeletions(ctx, req)
	if err != nil {
		return nil, err
	}
	users := make([]id.User, len(res.GetUserIds()))
	for i, raw := range res.GetUserIds() {
		if users[i].UUID, err = id.FromBytes(raw); err != nil {
			return nil, err
		}
	}
	return users, nil
}

// Confirm implements List.
func (a Auth) Confirm(ctx context.Context, users []id.User) error {
	req := &authv1.ConfirmDeletionsRequest{UserIds: make([][]byte, len(users))}
	for i, u := range users {
		req.UserIds[i] = u.Bytes()
	}
	_, err := a.client.ConfirmDeletions(ctx, req)
	return err
}
