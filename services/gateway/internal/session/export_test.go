package session

// Begin is the begin of a command, for what it costs.
var Begin = (*Gate).begin
