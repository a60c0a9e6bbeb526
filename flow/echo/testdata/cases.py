#!/usr/bin/env python3
"""Writes cases.pcap: ICMP echo messages in every relation that tshark's matching rule knows, and in what it looks into or not.

cases.csv is what tshark 4.0.17 prints of it:
  tshark -n -r cases.pcap -Y 'icmp.type==8 || icmp.type==0' -T fields -E header=y -E separator=, -E occurrence=f -e frame.time_epoch
    -e ip.src -e ip.dst -e icmp.type -e icmp.ident -e icmp.seq -e ip.len -e ip.hdr_len -e icmp.resptime
"""
import struct
def ck(b):
    if len(b)%2: b+=b'\0'
    s=sum(struct.unpack('>%dH'%(len(b)//2),b))
    while s>>16: s=(s&0xffff)+(s>>16)
    return ~s&0xffff
def icmp(t,id,seq,pl=b'x'*32,sum=None):
    h=struct.pack('>BBHHH',t,0,0,id,seq)+pl
    c=ck(h) if sum is None else sum
    return h[:2]+struct.pack('>H',c)+h[4:]
def ip(src,dst,pl,proto=1,flags=0,id=7,off=0):
    h=struct.pack('>BBHHHBBH4s4s',0x45,0,20+len(pl),id,(flags<<13)|(off>>3),64,proto,0,bytes(src),bytes(dst))
    return h[:10]+struct.pack('>H',ck(h))+h[12:]+pl
def ip6(pl,nxt): return struct.pack('>IHBB',6<<28,len(pl),nxt,64)+bytes(15)+b'\1'+bytes(15)+b'\2'+pl
def udp(s,d,pl): return struct.pack('>HHHH',s,d,8+len(pl),0)+pl
eth=b'\2'*6+b'\4'*6
class W:
    def __init__(s,name): s.f=open(name,'wb'); s.f.write(struct.pack('<IHHiIII',0xa1b23c4d,2,4,0,0,262144,1))
    def w(s,ns,pkt,typ=0x800,cap=None):
        d=eth+struct.pack('>H',typ)+pkt; c=d if cap is None else d[:cap]
        s.f.write(struct.pack('<IIII',ns//10**9,ns%10**9,len(c),len(d))+c)
A=(10,0,0,1);B=(10,0,0,2)
t=1700000000*10**9; n=0
def T(ms=1):
    global t; t+=int(ms*10**6); return t
w=W('cases.pcap')
C=(10,0,0,3)
def rq(seq,id=1,a=A,b=B,**k): return ip(a,b,icmp(8,id,seq,**k))
def rp(seq,id=1,a=B,b=A,**k): return ip(a,b,icmp(0,id,seq,**k))
w.w(T(),rq(1)); w.w(T(10),rp(1))
w.w(T(),rq(2)); w.w(T(1),rq(2)); w.w(T(4),rp(2)); 
w.w(T(),rq(3)); w.w(T(1),rp(3)); w.w(T(4),rp(3)); 
w.w(T(),rq(4)); w.w(T(),rp(4,a=C)); 
w.w(T(),rp(5)); w.w(T(),rq(5));
w.w(T(),rq(6)); w.w(T(30000),rp(6));
w.w(T(),rq(7)); w.w(T(),rp(7,pl=b'y'*32)); w.w(T(),rp(7,pl=b'x'*40))
w.w(T(),rq(8)); w.w(T(),ip(A,B,icmp(0,1,8)))  # same direction reply
w.w(T(),ip(A,B,icmp(13,1,9,b'\0'*12))); w.w(T(),ip(B,A,icmp(14,1,9,b'\0'*12)))
# checksum edge: reply sum 0xffff / 0 
for s in (0xf7ff,0xf7fe,0xf800,0,0xffff,0x07ff,0x0800):
    for r in (0xffff,0,s+0x800&0xffff,s+0x801&0xffff,s):
        seq=(s*5+r)&0xffff
        w.w(T(),rq(seq,id=50,sum=s)); w.w(T(),rp(seq,id=50,sum=r))
# error quoting
w.w(T(),ip(C,A,struct.pack('>BBHI',3,1,0,0)+rq(77)))
w.w(T(),ip(C,A,struct.pack('>BBHI',11,0,0,0)+rq(78)[:28])); w.w(T(),rp(78))
w.w(T(),ip(C,A,struct.pack('>BBHI',5,0,0,0x01020304)+ip(A,B,udp(1,2,b'hello'),17)))
w.w(T(),ip(C,A,struct.pack('>BBHI',3,1,0,0)+ip(C,A,struct.pack('>BBHI',3,1,0,0)+rq(79))))
w.w(T(),ip(C,A,struct.pack('>BBHI',12,1,0,0)+rq(80)[:24]))
w.w(T(),ip(C,A,struct.pack('>BBHI',12,1,0,0)+ip(A,B,struct.pack('>HH',0,0x800)+rq(81),47)))
# short captures
for cap in (14+20,35,36,38,39,40,41,42,60): w.w(T(),rq(90+cap),cap=cap)
for cap in (42,60): w.w(T(),rp(90+cap),cap=cap)
# short IP len
for l in range(0,9):
    w.w(T(),ip(A,B,icmp(8,1,200+l)[:l]))
# fragments
def frags(pkt,size,id):
    body=pkt[20:]; out=[]
    for o in range(0,len(body),size):
        out.append(ip(pkt[12:16],pkt[16:20],body[o:o+size],pkt[9],1 if o+size<len(body) else 0,id,o))
    return out
f=frags(rq(300,pl=b'z'*100),48,300)
for x in f: w.w(T(),x)
f=frags(rp(300,pl=b'z'*100),48,301)
for x in f[::-1]: w.w(T(),x)
f=frags(rq(301,pl=b'z'*100),48,302); w.w(T(),f[0]); w.w(T(),f[2]); 
f=frags(rp(302,pl=b'z'*100),48,303); w.w(T(),f[0],cap=60); w.w(T(),f[1]); w.w(T(),f[2])
f=frags(rq(303,pl=b'z'*100),48,304); 
for x in (f[0],f[0],f[1],f[2],f[2],f[0]): w.w(T(),x)
f=frags(ip(A,C,struct.pack('>HH',0,0x800)+rq(304,pl=b'z'*100),47),48,305)
for x in f: w.w(T(),x)
# tunnels
gre=lambda p: ip(C,A,struct.pack('>HH',0,0x800)+p,47)
ipip=lambda p: ip(C,A,p,4)
vx=lambda p: ip(C,A,udp(1234,4789,struct.pack('>II',0x08000000,42<<8)+eth+struct.pack('>H',0x800)+p),17)
six=lambda p: (ip6(p,4),0x86dd)
for i,(e,g) in enumerate([(gre,gre),(gre,lambda p:p),(lambda p:p,gre),(ipip,lambda p:p),(vx,lambda p:p),(vx,vx),(ipip,gre),(lambda p:gre(vx(p)),vx),(lambda p:gre(vx(p)),lambda p:vx(gre(p))),(lambda p:vx(ipip(p)),lambda p:p)]):
    w.w(T(),e(rq(400+i))); w.w(T(),g(rp(400+i)))
w.w(T(),*six(rq(450))); w.w(T(),*six(rp(450)))
w.w(T(),ip6(icmp(8,1,451),1),0x86dd); w.w(T(),ip6(icmp(0,1,451),1),0x86dd)
w.w(T(),ip6(gre(rq(452)),4),0x86dd); w.w(T(),ip6(gre(rp(452)),4),0x86dd)
w.w(T(),struct.pack('>HH',5,0x800)+rq(460),0x8100); w.w(T(),struct.pack('>HH',6,0x800)+rp(460),0x8100)
w.w(T(),struct.pack('>HH',5,0x800)+rq(461),0x8100); w.w(T(),rp(461))
# IP options, bad total len
opt=lambda p: (lambda h: h[:10]+b'\0\0'+h[12:])(bytes([0x46])+p[1:2]+struct.pack('>H',len(p)+4)+p[4:20]+b'\1\1\1\0'+p[20:])
w.w(T(),opt(rq(470))); w.w(T(),opt(rp(470)))
for l in (0,19,20,24,27,28,1000):
    p=rq(480+l); w.w(T(),p[:2]+struct.pack('>H',l)+p[4:])
w.w(T(),rq(500)+b'trailer..'); w.w(T(),rp(500)+b'trailer')
# time back
w.w(T(),rq(501)); w.w(t-5*10**6,rp(501))
# same host, multicast
w.w(T(),rq(502,b=A)); w.w(T(),rp(502,a=A,b=A))
# response times of all sizes
for i,d in enumerate([1,999,12345,1234567,123456789,12345678912,1234567891234,3000000000000000,123456789012345678,-5,-1500000001,0,10**15//3,26299000]):
    t0=2000000000*10**9
    w.w(t0,ip(A,B,icmp(8,2,i))); w.w(t0+d,ip(B,A,icmp(0,2,i)))
w.f.close()
