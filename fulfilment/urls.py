from django.urls import path

from fulfilment import views

app_name = "fulfilment"

urlpatterns = [
    path("download/<str:secret>/", views.open_link, name="open"),
    path("download/<str:reference>/<int:pk>/", views.download, name="download"),
    path("download/<str:reference>/<int:pk>/code/", views.code, name="code"),
    path("download/<str:reference>/<int:pk>/file/", views.file, name="file"),
]
