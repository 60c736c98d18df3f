package main

import "testing"

func TestMetricsAreFoundOnThePagesOfPods(t *testing.T) {
	page := `# HELP lair_rpc_server_handled_seconds How long calls took to serve, by method and gRPC code.
lair_rpc_server_handled_seconds_count{code="OK",method="message.v1.MessageService/Heads"} 9
lair_rpc_server_handled_seconds_count{code="OK",method="message.v1.MessageService/ListMessages"} 200
lair_message_commit_drafts_sum 1494
lair_gateway_connections{transport="tcp"} 5
lair_gateway_connections{transport="websocket"} 6
`
	for metric, want := range map[string]string{"reads": "200", "stored": "1494", "sockets": "6"} {
		found := map[string][]string{
			"reads": reads.FindStringSubmatch(page), "stored": stored.FindStringSubmatch(page), "sockets": sockets.FindStringSubmatch(page),
		}[metric]
		if len(found) != 2 || found[1] != want {
			t.Errorf("%s is %q", metric, found)
		}
	}
}
