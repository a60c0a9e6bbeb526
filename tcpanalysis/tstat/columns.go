package tstat

import (
	"strconv"
	"strings"
)

// The columns of the logs, set by set.
var (
	coreColumns = sides("ip port pkts_all rst_cnt ack_cnt ack_cnt_p bytes_uniq pkts_data bytes_all pkts_retx bytes_retx pkts_ooo syn_cnt fin_cnt") +
		" first last durat c_first s_first c_last s_last c_first_ack s_first_ack c_isint s_isint c_iscrypto s_iscrypto con_t p2p_t http_t"
	endToEndColumns = sides("rtt_avg rtt_min rtt_max rtt_std rtt_cnt ttl_min ttl_max")
	p2pColumns      = "p2p_st ed2k_data ed2k_sig ed2k_c2s ed2k_c2c ed2k_chat"
	optionColumns   = sides("f1323_opt tm_opt win_scl sack_opt sack_cnt mss mss_max mss_min win_max win_min win_0 cwin_max cwin_min cwin_ini" +
		" pkts_rto pkts_fs pkts_reor pkts_dup pkts_unk pkts_fc pkts_unrto pkts_unfs syn_retx")
	layer7Columns = "http_req_cnt http_res_cnt http_res c_pkts_push s_pkts_push c_tls_SNI s_tls_SCN c_npnalpn s_npnalpn tls_session_stat" +
		" c_last_handshakeT s_last_handshakeT c_appdataT s_appdataT c_appdataB s_appdataB fqdn dns_rslv req_tm res_tm http_hostname" +
		" c_TLSvers s_TLSvers dns_enc"
	udpColumns = sides("ip port first_abs durat bytes_all pkts_all isint iscrypto type") + " fqdn quic_SNI quic_UA quic_CHLO quic_REJ"
)

// sides returns the names once for the client and once for the server.
func sides(names string) string {
	all := strings.Fields(names)
	return "c_" + strings.Join(all, " c_") + " s_" + strings.Join(all, " s_")
}

// header returns a header line: each name with its number.
func header(prefix string, sets ...string) string {
	b := []byte(prefix)
	for i, name := range strings.Fields(strings.Join(sets, " ")) {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(append(append(b, name...), ':'), int64(i+1), 10)
	}
	return string(append(b, '\n'))
}
