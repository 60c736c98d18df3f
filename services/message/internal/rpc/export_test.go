package rpc

// MaxInFlight is maxInFlight for tests.
const MaxInFlight = maxInFlight
