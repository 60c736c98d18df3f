// Package lair talks to a Lair Chat server. It has two parts:
//
//   - [API] makes single requests over HTTP: register, log in, rooms, history.
//   - [Link] is a live connection, over TCP or WebSocket, that heals itself:
//     it sends messages and gets everything that happens as a stream of events.
//
// A program usually logs in with an API and then dials a Link with the token:
//
//	api, err := lair.New("http://127.0.0.1:8082", lair.APIOptions{})
//	session, err := api.Login(ctx, "ann", "correct horse")
//	link, err := lair.Dial(ctx, lair.Options{
//		Address: "tcp://127.0.0.1:8080",
//		Token:   session.Token,
//	})
//	defer link.Close(ctx)
//	m, err := link.Send(ctx, lair.Draft{Target: clientv1.ToRoom(room), Content: "good morning"})
//	for ev := range link.Events() { … }
//
// # What is promised
//
// Sending. A message that Send returned without an error is stored. A message
// is stored at most once for each client_msg_id, which Send makes if the caller
// did not: while the connection is cut and comes back, Send repeats what was
// not answered, under the same id, until its context ends. What one goroutine
// posts to a conversation is stored in the order in which it was posted: a
// message goes out when the one in front of it was answered for good, or taken
// back by its caller. When Send gives up, the error is [ErrUnanswered] if the
// message may have been stored all the same; posting it again with the same
// client_msg_id is then safe.
//
// Receiving. Every conversation is a sequence of events that are numbered 1, 2,
// 3 and so on, and so is what concerns the user alone ("user_seq"). The link
// hands out each sequence in its order, without holes and without repeats,
// beginning after the position it was given, through any number of lost
// connections. The one exception is told: an event of type "reset" says that
// the server cannot continue a sequence, that what one has of it is to be
// thrown away (and may be read anew with Messages), and that the next event has
// the number after its Seq. Events without a number (typing, who is online,
// notices) are handed out as they come and may be lost.
//
// Going on later. [Link.Positions] says how far the program has read. Stored,
// and given to a later Dial, it makes the stream go on exactly there.
//
// # What the caller has to do
//
// Read the events. The link keeps at most Options.Buffer of them; when they are
// not taken it stops reading the connection, so that memory does not grow. Then
// answers are not read either: Send waits until its context ends. A program
// that wants no events still has to take them.
//
// # Errors
//
// What the server refused is a *clientv1.Error in the chain of the error, and
// [Code] returns its code, such as "not_room_member". Everything else (no
// network, a context that ended) has no code.
package lair
