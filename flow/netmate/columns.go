package netmate

// FeatureSetVersion names the definitions behind the rows of [Modern]; it changes when any number
// can change. It is in each row.
const FeatureSetVersion = "reef-netmate/1"

// ClassicVersion is what rows of [Classic] reproduce.
const ClassicVersion = "netmate-flowcalc/netai_flowstats"

// Feature numbers the 39 features in NetMate's order: columns 6 to 44.
type Feature uint8

// The features, by NetMate's names. See [Columns] for what they are.
const (
	TotalFPackets Feature = iota
	TotalFVolume
	TotalBPackets
	TotalBVolume
	MinFPktl
	MeanFPktl
	MaxFPktl
	StdFPktl
	MinBPktl
	MeanBPktl
	MaxBPktl
	StdBPktl
	MinFIAT
	MeanFIAT
	MaxFIAT
	StdFIAT
	MinBIAT
	MeanBIAT
	MaxBIAT
	StdBIAT
	Duration
	MinActive
	MeanActive
	MaxActive
	StdActive
	MinIdle
	MeanIdle
	MaxIdle
	StdIdle
	SFlowFPackets
	SFlowFBytes
	SFlowBPackets
	SFlowBBytes
	FPSHCount
	BPSHCount
	FURGCount
	BURGCount
	TotalFHLen
	TotalBHLen

	NumFeatures = 39
)

// Column describes one column of the output.
type Column struct {
	Name       string
	Unit       string // "packets", "bytes", "us", "s", or empty for a name or number without unit
	Definition string // of the modern semantics
	// Thousandths tells that a modern [Row] holds the value in thousandths of Unit, and that it is
	// written with three decimals.
	Thousandths bool
}

// keyColumns, featureColumns and extraColumns make up Columns.
var keyColumns = []Column{
	{Name: "srcip", Definition: "source address: of the first packet, unless the flow's direction was found otherwise (column direction)"},
	{Name: "srcport", Definition: "source port; none where the protocol has no ports or they were not captured; for ICMP the type, see flow.KeyOf"},
	{Name: "dstip", Definition: "destination address"},
	{Name: "dstport", Definition: "destination port, as srcport"},
	{Name: "proto", Definition: "IP protocol number"},
}

var featureColumns = [NumFeatures]Column{
	{"total_fpackets", "packets", "forward packets", false},
	{"total_fvolume", "bytes", "sum of the forward packets' IP lengths, headers included", false},
	{"total_bpackets", "packets", "backward packets", false},
	{"total_bvolume", "bytes", "sum of the backward packets' IP lengths, headers included", false},
	{"min_fpktl", "bytes", "smallest IP length of a forward packet", false},
	{"mean_fpktl", "bytes", "mean IP length of the forward packets", true},
	{"max_fpktl", "bytes", "largest IP length of a forward packet", false},
	{"std_fpktl", "bytes", "sample standard deviation of the forward packets' IP lengths; none under two packets", true},
	{"min_bpktl", "bytes", "smallest IP length of a backward packet", false},
	{"mean_bpktl", "bytes", "mean IP length of the backward packets", true},
	{"max_bpktl", "bytes", "largest IP length of a backward packet", false},
	{"std_bpktl", "bytes", "sample standard deviation of the backward packets' IP lengths; none under two packets", true},
	{"min_fiat", "us", "smallest time between forward packets of one active period", true},
	{"mean_fiat", "us", "mean time between forward packets of one active period", true},
	{"max_fiat", "us", "largest time between forward packets of one active period", true},
	{"std_fiat", "us", "sample standard deviation of these times; none under two", true},
	{"min_biat", "us", "smallest time between backward packets of one active period", true},
	{"mean_biat", "us", "mean time between backward packets of one active period", true},
	{"max_biat", "us", "largest time between backward packets of one active period", true},
	{"std_biat", "us", "sample standard deviation of these times; none under two", true},
	{"duration", "us", "time from the earliest to the latest packet", true},
	{"min_active", "us", "shortest active period, from its first to its last packet", true},
	{"mean_active", "us", "mean length of the active periods", true},
	{"max_active", "us", "longest active period", true},
	{"std_active", "us", "sample standard deviation of the active periods' lengths; none under two", true},
	{"min_idle", "us", "shortest gap", true},
	{"mean_idle", "us", "mean length of the gaps", true},
	{"max_idle", "us", "longest gap", true},
	{"std_idle", "us", "sample standard deviation of the gaps' lengths; none under two", true},
	{"sflow_fpackets", "packets", "forward packets per active period", true},
	{"sflow_fbytes", "bytes", "forward volume per active period", true},
	{"sflow_bpackets", "packets", "backward packets per active period", true},
	{"sflow_bbytes", "bytes", "backward volume per active period", true},
	{"fpsh_cnt", "packets", "forward TCP packets with PSH", false},
	{"bpsh_cnt", "packets", "backward TCP packets with PSH", false},
	{"furg_cnt", "packets", "forward TCP packets with URG", false},
	{"burg_cnt", "packets", "backward TCP packets with URG", false},
	{"total_fhlen", "bytes", "sum of the forward packets' IP and transport header lengths, options and extension headers included", false},
	{"total_bhlen", "bytes", "sum of the backward packets' IP and transport header lengths", false},
}

var extraColumns = []Column{
	{Name: "start", Unit: "s", Definition: "time of the earliest packet since 1970-01-01 UTC, nine decimals"},
	{Name: "end", Unit: "s", Definition: "time of the latest packet"},
	{Name: "end_reason", Definition: "why the row ended, a flow.EndReason (flowEndReason of RFC 7012) in words"},
	{Name: "part", Definition: "number of earlier rows of the same flow that the active timeout cut off"},
	{Name: "direction", Definition: "how the forward direction was found (biflowDirection of RFC 5103)"},
	{Name: "ftcp_flags", Definition: "union of the forward TCP flags as a number: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128, AE 256"},
	{Name: "btcp_flags", Definition: "union of the backward TCP flags"},
	{Name: "reordered", Unit: "packets", Definition: "packets earlier than one before them in the flow"},
	{Name: "vlan", Definition: "outermost VLAN identifier where it is in the flow key, else 0"},
	{Name: "inner_vlan", Definition: "innermost VLAN identifier where it is in the flow key, else 0"},
	{Name: "tunnel_id", Definition: "VNI, GRE key or TEID of the innermost tunnel where it is in the flow key, else 0"},
	{Name: "feature_set", Definition: "FeatureSetVersion, or ClassicVersion"},
}

// Columns returns name, unit and definition of all columns in the order in which [CSV] and [JSONL]
// write them: the five of the key, the 39 features, and those that NetMate does not have. The first
// 44 have NetMate's names, order and units.
func Columns() []Column {
	all := append([]Column(nil), keyColumns...)
	all = append(all, featureColumns[:]...)
	return append(all, extraColumns...)
}

// String returns NetMate's name for f.
func (f Feature) String() string {
	if f < NumFeatures {
		return featureColumns[f].Name
	}
	return "unknown"
}
