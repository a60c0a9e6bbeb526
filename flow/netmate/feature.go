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

// features has the name, unit and modern definition of each feature, and whether modern rows hold
// it in thousandths of the unit and write it with three decimals.
var features = [NumFeatures]struct {
	name, unit, definition string
	thousandths            bool
}{
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

// String returns NetMate's name for f.
func (f Feature) String() string {
	if f < NumFeatures {
		return features[f].name
	}
	return "unknown"
}
