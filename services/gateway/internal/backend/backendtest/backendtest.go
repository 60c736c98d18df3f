// Package backendtest plays the services for tests of what calls them: real
// gRPC servers in memory, whose answers each test says.
package backendtest

import (
	"bytes"
	"context"
	"reflect"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

// Services answer calls as On said. Streams are not played.
type Services struct {
	*backend.Backend

	mu      sync.Mutex
	answers map[reflect.Type]func(context.Context, any) (any, error)
}

// New starts the services, until the test ends.
func New(tb testing.TB) *Services {
	tb.Helper()
	s := &Services{answers: map[reflect.Type]func(context.Context, any) (any, error){}}
	o := rpc.Options{Role: "gateway", Key: bytes.Repeat([]byte{1}, 32)}
	srv := rpc.NewServer(o)
	for _, desc := range []protoreflect.FileDescriptor{
		authv1.File_auth_v1_auth_proto, roomv1.File_room_v1_room_proto,
		messagev1.File_message_v1_message_proto, presencev1.File_presence_v1_presence_proto,
	} {
		srv.RegisterService(s.desc(desc.Services().Get(0)), s)
	}
	conn, err := rpc.Loopback(srv, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(srv.Stop)
	tb.Cleanup(func() { _ = conn.Close() })
	s.Backend = backend.New(backend.Conns{Auth: conn, Room: conn, Message: conn, Presence: conn})
	return s
}

// On says how calls with requests of the type Q are answered. Others are
// refused with the code not_played.
func On[Q, R proto.Message](s *Services, answer func(context.Context, Q) (R, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[reflect.TypeFor[Q]()] = func(ctx context.Context, req any) (any, error) {
		return answer(ctx, req.(Q)) //nolint:forcetypeassert // it is the key
	}
}

// Fail makes calls with requests of the type Q fail.
func Fail[Q proto.Message](s *Services, err error) {
	On(s, func(context.Context, Q) (Q, error) { var none Q; return none, err })
}

func (s *Services) answer(ctx context.Context, req any) (any, error) {
	s.mu.Lock()
	answer := s.answers[reflect.TypeOf(req)]
	s.mu.Unlock()
	if answer == nil {
		return nil, fault.New(fault.Unavailable, "not_played", "the test does not answer this")
	}
	return answer(ctx, req)
}

// desc describes a service whose every call goes to answer.
func (s *Services) desc(service protoreflect.ServiceDescriptor) *grpc.ServiceDesc {
	desc := &grpc.ServiceDesc{ServiceName: string(service.FullName()), HandlerType: (*any)(nil)}
	for i := range service.Methods().Len() {
		m := service.Methods().Get(i)
		info := &grpc.UnaryServerInfo{Server: s, FullMethod: "/" + desc.ServiceName + "/" + string(m.Name())}
		desc.Methods = append(desc.Methods, grpc.MethodDesc{MethodName: string(m.Name()), Handler: func(
			_ any, ctx context.Context, decode func(any) error, via grpc.UnaryServerInterceptor,
		) (any, error) {
			kind, err := protoregistry.GlobalTypes.FindMessageByName(m.Input().FullName())
			if err != nil {
				return nil, err
			}
			in := kind.New().Interface()
			if err := decode(in); err != nil {
				return nil, err
			}
			return via(ctx, in, info, s.answer)
		}})
	}
	return desc
}
