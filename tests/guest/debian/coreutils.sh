# Most programs of GNU coreutils, on files, pipes, /proc and /dev. Names of people, times
# and numbers of inodes do not belong to the output.
export LC_ALL=C TZ=UTC
at() { echo "-- $*"; "$@"; local s=$?; [ $s = 0 ] || echo "status $s"; }
rm -rf /tmp/cu; mkdir /tmp/cu; cd /tmp/cu || exit
seq 1 1000 >n; printf 'b\na\nc\na\n' >w; printf 'k1 v1\nk2 v2\n' >l; printf 'k1 x\nk3 y\n' >r
head -c 300000 /dev/zero | tr '\0' Z >big

at sort w; at sort -ru w; at sort -n -k2 -t, <<<$'a,10\nb,9\nc,100'
seq 200000 -1 1 | sort -n -S 1M -T . | md5sum
seq 1 50000 | sort -R --random-source=n | sort -n | cmp - <(seq 1 50000) && echo shuffled
shuf -i 1-100 | sort -n | sha256sum; at shuf -n 3 --random-source=big n
at uniq -c <(sort w); at comm <(sort w) <(printf 'a\nz\n'); at join l r; at join -a1 -a2 -e- -o0,1.2,2.2 l r
at paste l r; at cut -d' ' -f2 l; at tr -s a-c x <w; at tr -d '\n' <w; echo
at wc n w big; at head -n 3 n; at tail -n 2 n; at head -c -3880 n; at tail -c 8 n; at tac l
at nl -ba w; at fold -w 20 <<<"$(seq -s ' ' 1 30)"; at fmt -w 30 <<<"$(seq -s ' ' 1 30)"
at pr -t -3 -l 4 w; at expand -t4 <<<$'a\tb'; at unexpand -a -t4 <<<'a       b'
at od -An -tx1z l; at od -c -N 8 w; at base64 w; base64 <big | base64 -d | cmp - big && echo same
at base32 w; at basenc --z85 -d <<<'HelloWorld'; echo
for sum in md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum; do at $sum big n; done
sha256sum big n >sums; at sha256sum -c sums
at split -n 4 -d n part.; at wc -l part.*; cat part.* | cmp - n && echo joined
at csplit -s n 10 500; at wc -l xx*; at split -l 300 --filter='wc -l' n
at factor 4 97 1001 18446744073709551557
at seq -w 8 11; at seq 1 0.5 3; at numfmt --to=iec 1024 1048576 3000000; at numfmt --from=si 5M
at expr 7 \* 6; at expr abc : 'a\(.\)c'; at test -f n; at [ -d n ]; at printf '%s %d %5.2f %b\n' a 7 3.14159 'x\ty'
at echo -e 'a\tb'; at basename /a/b.c .c; at dirname /a/b/c; at pathchk -p 'a*b'; at tsort <<<'a b b c a c'
at ptx -A <<<'two words'; at yes no 2>&1 | head -n 2

at mkdir -p d/e/f; at mkdir -m 751 m; at touch d/x d/e/y; at ln d/x d/hard; at ln -s x d/soft; at ln -sr d/e/y here
at mkfifo -m 600 fifo; at mknod null c 1 3; at link n n2; at unlink n2
at stat -c '%n %F %A %h %s %U %G %t %T' d/x d/soft fifo null m; at stat -f -c '%T %s' .
at ls -1F d; at ls -R d; at ls -ld --time-style=+ m; at dir d; at vdir -d --time-style=+ m; at ls -lnd --time-style=+T m
at readlink d/soft; at realpath here d/../d/soft; at readlink -f no/such
at cp -a d copy; at ls -R copy; at cp --reflink=auto big big2; at cmp big big2; at cp -l n nn; at stat -c %h n
at cp --sparse=always big sparse; at cp -r no none; at mv -v nn moved; at mv -n moved n; at rm -v moved
at install -v -m 640 w installed; at stat -c %A installed; at chmod -v u=rwx,g=s installed; at chmod -R a-w copy; at stat -c %A copy/x
at chown 1:2 w; at stat -c '%u %g' w; at chgrp 0 w; at chmod --reference=m w; at stat -c %A w
at truncate -s 1M hole; at du -k hole; at du --apparent-size -k hole; at stat -c %s hole; at du -sk --apparent-size d
at dd if=big of=dd1 bs=1000 count=5 skip=2 conv=ucase status=none; at wc -c dd1
dd if=/dev/zero bs=64k count=20 status=none | dd of=dd2 obs=4k oflag=append conv=notrunc 2>&1 | head -n 2
at shred -u -n 1 dd2; at rmdir m; at rmdir d; at rm -r d/e; at rm no; at rm -f no; at touch -d @86400 d/x; at date -r d/x +%F
at date -u -d '2022-12-11 10:20:30' '+%s %A %j %U'; at date -d @1000000000 -Iseconds; at truncate -s -5 w

at cat n big - <<<x | at md5sum; at tee t1 t2 <l; at cmp t1 t2; at cat -A <<<$'a\tb\001'; at sync; at sync -f n
at env -i A=1 B=2 env; at env -u A printenv A; at printenv -0 HOME | od -c | head -n 2
at nohup echo hangup </dev/null 2>/dev/null; at timeout 0.2 sleep 100; { at timeout -s KILL 0.2 sleep 100; } 2>/dev/null; at sleep 0.01
at nice -n 3 nice; at nproc --all; at uname -sm; at arch; at hostname 2>/dev/null; at tty; at id; at id -u; at groups; at whoami; at logname 2>/dev/null
at stdbuf -oL echo line; at chroot / /bin/busybox true; at runcon true 2>/dev/null; at users; at who; at pinky -l nobody | head -n 1
at df --output=target /tmp; at stty -a </dev/null 2>/dev/null; at mktemp -u -p . t.XXXX | sed 's/t\..*/t/'; at dircolors -b | wc -l
at kill -l 9; at true; at false; cat /proc/version | wc -l; cat /proc/self/maps | wc -c | grep -c .
ls /proc/self/fd | wc -l; sort /proc/filesystems | grep -c nodev | grep -c .; head -c 100 /dev/urandom | wc -c
split -b 1k --filter='sha1sum' big | sort | uniq -c | wc -l; seq 1 300 | xargs -n 10 -P 4 echo | wc -l
find . -type f | sort | xargs sha1sum | cut -c 1-40 | sha1sum; cd /; rm -r /tmp/cu
