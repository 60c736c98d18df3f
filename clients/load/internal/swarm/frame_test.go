package swarm

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// server returns a frame as a gateway writes it.
func server(kind Kind, payload string) []byte {
	n := len(payload)
	switch {
	case kind == TCP:
		return append([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, payload...)
	case n < 126:
		return append([]byte{0x81, byte(n)}, payload...)
	case n < 1<<16:
		return append([]byte{0x81, 126, byte(n >> 8), byte(n)}, payload...)
	}
	return append([]byte{0x81, 127, 0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, payload...)
}

func TestSplitWaitsForTheWholeFrame(t *testing.T) {
	for _, kind := range []Kind{WebSocket, TCP, Bare} {
		for _, n := range []int{0, 1, 125, 126, 65535, 65536} {
			want := strings.Repeat("x", n)
			frame := server(kind, want)
			for _, short := range []int{0, 1, 2, 3, 9, len(frame) - 1} {
				if short >= len(frame) {
					continue
				}
				if _, size, err := kind.split(frame[:short]); size != 0 || err != nil {
					t.Errorf("%d of %d bytes are a frame of %d, %v", short, len(frame), size, err)
				}
			}
			got, size, err := kind.split(append(frame, "more"...))
			if string(got) != want || size != len(frame) || err != nil {
				t.Errorf("kind %d: a payload of %d bytes has %d, the frame %d, %v", kind, n, len(got), size, err)
			}
		}
	}
}

func TestACloseFrameIsAnError(t *testing.T) {
	if _, _, err := WebSocket.split([]byte{0x88, 2, 0x0f, 0xa0}); err == nil {
		t.Error("a close frame was taken for a message")
	}
}

func TestReceivedReadsWhatTheGatewayEncodes(t *testing.T) {
	frame := encode(t, clientv1.MessageReceived{
		Type:    clientv1.TypeMessageReceived,
		Place:   clientv1.Place{Conversation: id.Conversation{UUID: id.New()}, Seq: 4711},
		Message: clientv1.Message{Content: "42 is the number", Seq: 4711, CreatedAt: clientv1.Time{Time: time.Now()}},
	})
	if seq, ok := Received(frame); seq != 4711 || !ok {
		t.Errorf("the position is %d, %v", seq, ok)
	}
	if n := Number(frame); n != 42 {
		t.Errorf("the number is %d", n)
	}
}

func TestReceivedSkipsOtherEvents(t *testing.T) {
	frame := encode(t, clientv1.UserLeftRoom{
		Type: clientv1.TypeUserLeftRoom, Place: clientv1.Place{Conversation: id.Conversation{UUID: id.New()}, Seq: 7},
	})
	if seq, ok := Received(frame); ok {
		t.Errorf("it was taken for a message at %d", seq)
	}
}

func TestAcknowledgedReadsWhatTheGatewayEncodes(t *testing.T) {
	r := clientv1.MessageResponse{
		Response: clientv1.Response{Type: "send_message_response", RequestID: new("123"), Success: true},
		Message:  &clientv1.Message{},
	}
	if n, ok, isAnswer := Acknowledged(encode(t, r)); n != 123 || !ok || !isAnswer {
		t.Errorf("request %d, success %v, answer %v", n, ok, isAnswer)
	}
	r.Success, r.Error = false, &clientv1.Error{Code: "busy"}
	if n, ok, isAnswer := Acknowledged(encode(t, r)); n != 123 || ok || !isAnswer {
		t.Errorf("refused request %d, success %v, answer %v", n, ok, isAnswer)
	}
	if _, _, isAnswer := Acknowledged(encode(t, clientv1.Pong{Type: clientv1.TypePong})); isAnswer {
		t.Error("a pong was taken for an answer")
	}
}

func TestSendIsACommandThatTheGatewayKnows(t *testing.T) {
	room := id.Room{UUID: id.New()}
	s := Send{Room: room.String(), Run: "run1"}
	s.Command(1)
	var c clientv1.Command
	if err := json.Unmarshal(s.Command(77), &c); err != nil {
		t.Fatal(err)
	}
	if *c.RequestID != "77" || *c.ClientMsgID != "run1-77" || c.Target.RoomID != room.String() || !strings.HasPrefix(*c.Content, "77 is") {
		t.Errorf("%+v", c)
	}
}

func TestAnEventOfTheBareLoopIsReadLikeOneOfTheGateway(t *testing.T) {
	const size = 560
	payload, n, err := Bare.split(AppendEvent(nil, id.New().String(), 99, size))
	if err != nil || len(payload) != size || n != size+4 {
		t.Fatalf("a payload of %d bytes in a frame of %d, %v", len(payload), n, err)
	}
	if seq, ok := Received(payload); seq != 99 || !ok {
		t.Errorf("the position is %d, %v", seq, ok)
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
