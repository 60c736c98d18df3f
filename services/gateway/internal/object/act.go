package object

import (
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Act returns an entry of the audit log.
func Act(a *authv1.Act) clientv1.Act {
	return clientv1.Act{
		ID: uuid(a.GetId()), At: clientv1.Micros(a.GetAt()), Kind: a.GetKind(), Actor: peer(a.GetActorId()),
		Subject: peer(a.GetSubjectId()), Address: a.GetAddress(), Detail: a.GetDetail(),
	}
}
