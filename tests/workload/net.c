// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "expect.h"
#include "topics.h"

static void inet(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(81)};
	struct ifreq ifr = {.ifr_name = "lo"};
	int one = 1 << 20, fd;

	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0) {
		skip("AF_INET: %s", strerror(errno));
		return;
	}
	must(ASK(CAP_NET_RAW, socket, AF_INET, SOCK_RAW, IPPROTO_ICMP));
	must(ASK(CAP_NET_BIND_SERVICE, bind, fd, &addr, sizeof(addr)));
	must(ASK(CAP_NET_ADMIN, setsockopt, fd, SOL_SOCKET, SO_SNDBUFFORCE, &one, sizeof(one)));
	must(ioctl(fd, SIOCGIFFLAGS, &ifr));
	/* Set the flags to their present values. */
	must(ASK(CAP_NET_ADMIN, ioctl, fd, SIOCSIFFLAGS, &ifr));
	close(fd);
}

static void packet(void)
{
	int fd;

	fd = syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0);
	if (fd < 0)
		skip("AF_PACKET: %s", strerror(errno));
	else
		expect(.syscall = "socket", .cap = CAP_NET_RAW);
}

/* scm_check_creds(): another process, user and group; without CAP_OPT_INSETID. */
static void credentials(void)
{
	struct ucred other = {.pid = 1, .uid = 5, .gid = 5};
	struct iovec iov = {"x", 1};
	union {
		struct cmsghdr hdr;
		char buf[CMSG_SPACE(sizeof(other))];
	} control = {};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	int fds[2];

	must(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds));
	control.hdr.cmsg_level = SOL_SOCKET;
	control.hdr.cmsg_type = SCM_CREDENTIALS;
	control.hdr.cmsg_len = CMSG_LEN(sizeof(other));
	memcpy(CMSG_DATA(&control.hdr), &other, sizeof(other));
	expect(.syscall = "sendmsg", .cap = CAP_SYS_ADMIN);
	expect(.syscall = "sendmsg", .cap = CAP_SETUID);
	expect(.syscall = "sendmsg", .cap = CAP_SETGID);
	must(syscall(SYS_sendmsg, fds[0], &msg, 0));
}

/* Checks the socket's opener and the sender. */
static void netlink(void)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
	} msg = {.h = {.nlmsg_len = sizeof(msg),
		       .nlmsg_type = RTM_DELLINK,
		       .nlmsg_flags = NLM_F_REQUEST},
		 .i = {.ifi_index = 0x7fffff}};
	int fd;

	fd = must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	must(ASK_SOME(CAP_NET_ADMIN, sendto, fd, &msg, sizeof(msg), 0, NULL, 0));
	close(fd);
}

void topic_net(void)
{
	in_child("inet", inet);
	in_child("packet", packet);
	in_child("credentials", credentials);
	in_child("netlink", netlink);
}
