package main

// comparison is a row: an example program, the tool that it is measured against, and the ratio that is wanted.
type comparison struct {
	name       string
	reef, peer []string
	wanted     string
}

var comparisons = []comparison{
	{"flows t2", []string{"reef/flows", "-format", "t2", "TRACE"}, []string{"nfpcapd", "-r", "TRACE", "-w", "DIR"}, "<= 0.25"},
	{"flows t2", []string{"reef/flows", "-format", "t2", "TRACE"}, []string{"softflowd", "-r", "TRACE", "-n", "127.0.0.1:9995"}, "<= 0.5"},
	{"flows netmate", []string{"reef/flows", "-format", "netmate", "TRACE"}, []string{"reef/flows", "-format", "t2", "TRACE"}, "<= 2"},
	{"flows netmate classic", []string{"reef/flows", "-format", "netmate", "-semantics", "classic", "TRACE"}, []string{"reef/flows", "-format", "t2", "TRACE"}, "<= 2"},
	{"flows csv", []string{"reef/flows", "-format", "csv", "TRACE"}, []string{"reef/flows", "-format", "t2", "TRACE"}, ""},
}
