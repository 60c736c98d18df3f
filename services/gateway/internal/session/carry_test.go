package session_test

import (
	"testing"
)

func TestATokenThatCameWithTheConnectionLogsIn(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		c.Carry("ann")
		c.say(`{"type":"authenticate"}`)
		c.want(`{"type":"error","code":"unauthorized"}`) // it is not said for the client
		c.say("%s", hello)
		w.set(func() { w.checks[annLogin] = errExpired })
		c.say(`{"type":"authenticate","request_id":"a1","token":null}`)
		c.want(`{"type":"authenticate_response","request_id":"a1","success":false,"error":{"code":"session_expired"}}`)
		w.set(func() { clear(w.checks) })
		c.say(`{"type":"authenticate","request_id":"a2"}`)
		c.want(`{"type":"authenticate_response","request_id":"a2","success":true,"user":{"id":"` + ann.String() + `"}}`)
		c.Close()
	})
}

func TestWithoutATokenNobodyLogsIn(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		c.say("%s", hello)
		c.say(`{"type":"authenticate","request_id":"a1"}`)
		c.want(`{"type":"error","request_id":"a1","code":"invalid_message"}`)
		c.Carry("ann")
		c.say(`{"type":"authenticate","token":""}`)
		c.want(`{"type":"authenticate_response","success":false,"error":{"code":"invalid_token"}}`)
		c.Close()

		c = w.open()
		c.say(`{"type":"client_hello","version":"1.0","features":[%s]}`, resume)
		c.say(`{"type":"authenticate","request_id":"a1"}`)
		c.want(`{"type":"authenticate_response","request_id":"a1","success":false,"error":{"code":"invalid_token"}}`)
		c.Close()
	})
}
