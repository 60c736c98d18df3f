package main

const refused = `code!~"ok|OK",`

// Codes that are the system's fault, not the caller's.
// ResourceExhausted is what who is limited is told.
const rpcFailed = `code=~"Internal|Unavailable|Unknown|DeadlineExceeded|DataLoss",`

// ups are our targets, also in a Prometheus that reads much else.
const ups = `up{job=~"lair|postgres|redis"}`

func overview() board {
	return board{
		name: "overview", title: "overview", about: "Are users well? Begin here; each row leads to a board of its own.",
		instances: "lair_build_info",
		rows: []row{
			{"Are users well?", []panel{
				{
					title: "How long until others see a message?", unit: "s", now: true, warn: .25, bad: 1,
					todo:    "99 of 100 events reach the connections within this time after the commit. If it is red, open the delivery board: healing points to Redis, slow commits point to PostgreSQL.",
					queries: quantiles("lair_gateway_deliver_seconds")[2:],
				},
				{
					title: "How long until a message is accepted?", unit: "s", now: true, warn: .25, bad: 1,
					todo:    "99 of 100 messages are acknowledged within this time. If it is red, open the message board: the time is spent in the commit or in front of it.",
					queries: quantiles("lair_gateway_send_seconds")[2:],
				},
				{
					title: "Which part of HTTP requests fails?", unit: "percentunit", now: true, warn: .001, bad: .01,
					todo:    "Answers with 5xx. If it is red, see on the gateway board which route it is, then the calls of the service behind it.",
					queries: share("lair_gateway_http_seconds", "", `status=~"5..",`, "failed"),
				},
				{
					title: "Which part of calls between services fails?", unit: "percentunit", now: true, warn: .001, bad: .01,
					todo:    "Calls that the system, not the caller, is to blame for. Open the board of the service whose calls fail in the graph below.",
					queries: share("lair_rpc_server_handled_seconds", "", rpcFailed, "failed"),
				},
			}},
			{"Who is here?", []panel{
				{
					title: "How many users are online?", unit: "short",
					todo:    "A sudden fall means that connections broke: look for a gateway or a load balancer that went away. All gateways say the same number.",
					queries: one(`max(lair_chat_online_users{`+mine+`})`, "online"),
				},
				{
					title: "How many connections does each gateway have?", unit: "short", stack: true,
					todo:    "They should be about even. If one has all of them, it is the load balancer; if all fall, clients cannot reach it.",
					queries: gauge("lair_gateway_connections", "instance"),
				},
				{
					title: "How many events reach clients?", unit: "ops",
					todo:    "One event for ten clients counts as ten. If nothing is delivered while messages are sent, open the delivery board.",
					queries: one(`sum(rate(lair_gateway_deliveries_total{`+mine+`}[$__rate_interval]))`, "deliveries"),
				},
				{
					title: "Which calls fail?", unit: "ops",
					todo:    "Unavailable: the process behind is down, or restarts. DeadlineExceeded: it is slow, mostly its database. Internal: read its log for the method.",
					queries: one(`sum by (method, code) (rate(lair_rpc_server_handled_seconds_count{`+rpcFailed+mine+`}[$__rate_interval])) or vector(0)`, "{{method}} {{code}}"),
				},
			}},
			{"Is everything up?", []panel{
				{
					title: "Processes that Prometheus cannot read", unit: "short", now: true, warn: 1, bad: 1,
					todo:    "Anything but 0: a process is down or cannot be reached. See which in the graph beside it, then its log.",
					queries: one(`count((`+ups+`) == 0) or vector(0)`, "down"),
				},
				{
					title: "Alerts that fire now", unit: "short", now: true, warn: 1, bad: 1,
					todo:    "Each has a section in the runbooks; begin with the one that fired first.",
					queries: one(`count(ALERTS{alertstate="firing"}) or vector(0)`, "firing"),
				},
				{
					title: "Which versions run?", unit: "short", stack: true,
					todo:    "More than one outside of an upgrade means that a rollout is stuck. See docs/operations.md for upgrades.",
					queries: one(`count by (version) (lair_build_info{`+mine+`})`, "{{version}}"),
				},
				{
					title: "Which processes are up?", unit: "short",
					todo:    "1 is up. A line that goes to 0 and comes back is a process that restarts: read why at the end of its log.",
					queries: one(ups, "{{job}} {{instance}}"),
				},
			}},
			{"What keeps processes from work?", obstacles()},
			{"Processes", runtime()},
		},
	}
}

// gauge is the sum of a gauge for each value of a label.
func gauge(name, label string) []query {
	return one("sum by ("+label+") ("+name+"{"+mine+"})", "{{"+label+"}}")
}

// runtime is the last row of every board of processes.
func runtime() []panel {
	return []panel{
		{
			title: "How many CPUs does each process use?", unit: "short",
			todo:    "At the limit of the container everything becomes slow: add processes, or give each more.",
			queries: one(`sum by (instance) (rate(process_cpu_seconds_total{`+mine+`}[$__rate_interval]))`, "{{instance}}"),
		},
		{
			title: "How much memory does each process hold?", unit: "bytes",
			todo:    "It should be level for a level number of users. If it only grows, restart that process before its limit and keep a heap profile.",
			queries: gauge("process_resident_memory_bytes", "instance"),
		},
		{
			title: "How much of its memory is in use?", unit: "bytes",
			todo:    "What Go has given out and not yet collected. If it is far below what the process holds, memory was needed once and goes back by itself; if it only grows, keep a heap profile.",
			queries: gauge("go_memstats_heap_alloc_bytes", "instance"),
		},
		{
			title: "How long does collecting garbage stop each process?", unit: "s", warn: .01, bad: .1,
			todo:    "The longest of the last pauses. Above the line messages wait for it: the process has too few CPUs or its memory limit is too near.",
			queries: one(`max by (instance) (go_gc_duration_seconds{quantile=~"1|1.0",`+mine+`})`, "{{instance}}"),
		},
		{
			title: "How many goroutines does each process have?", unit: "short",
			todo:    "They follow connections and calls. If they grow while those do not, something waits forever: take a goroutine profile, then restart.",
			queries: gauge("go_goroutines", "instance"),
		},
		{
			title: "Which part of its file descriptors does each process use?", unit: "percentunit", warn: .7, bad: .9,
			todo:    "At 1 no connection is accepted any more. Raise the limit (ulimit -n), or add processes.",
			queries: one(`sum by (instance) (process_open_fds{`+mine+`}) / sum by (instance) (process_max_fds{`+mine+`})`, "{{instance}}"),
		},
	}
}
