from django.urls import path

from requests_app.views import form, landing, links, status, stop

app_name = "public"

urlpatterns = [
    path("", landing.home, name="home"),
    path("robots.txt", landing.robots, name="robots"),
    path("language/", landing.language, name="language"),
    path("s/<str:secret>/", links.secret, name="secret"),
    path("confirm/<str:secret>/", links.confirm, name="confirm"),
    path("new-link/", links.new_link, name="new_link"),
    path("leave/", links.leave, name="leave"),
    path("case/<str:reference>/", status.status, name="status"),
    path("case/<str:reference>/receipt/", status.receipt, name="receipt"),
    path("case/<str:reference>/messages/", status.write, name="write"),
    path("case/<str:reference>/files/<int:pk>/", status.attachment, name="attachment"),
    path("case/<str:reference>/letters/<int:number>/", status.letter, name="letter"),
    path("case/<str:reference>/letters/<int:number>/pdf/", status.letter_pdf, name="letter_pdf"),
    path("case/<str:reference>/withdraw/", status.withdraw, name="withdraw"),
    path("<slug:slug>/", landing.company, name="company"),
    path("<slug:slug>/brand.css", landing.brand, name="brand"),
    path("<slug:slug>/logo.svg", landing.logo, name="logo"),
    path("<slug:slug>/stop/", stop.stop, name="stop"),
    path("<slug:slug>/stop/<str:token>/", stop.by_link, name="one_click"),
    path("<slug:slug>/request/", form.start, name="start"),
    path("<slug:slug>/request/<slug:step>/", form.form, name="form"),
]
